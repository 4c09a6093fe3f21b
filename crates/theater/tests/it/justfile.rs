//! The recipes of the `justfile`: each has a line of help, and the common ones exist.

const JUSTFILE: &str = include_str!("../../../../justfile");

/// The names of recipes, each with the comment above it.
fn recipes() -> Vec<(&'static str, Option<&'static str>)> {
    let mut found = Vec::new();
    let mut comment = None;
    for line in JUSTFILE.lines() {
        if let Some(text) = line.strip_prefix("# ") {
            comment = Some(text);
        } else if line.starts_with('[') {
            // An attribute is between a recipe and its comment.
        } else if let Some((head, _)) = line.split_once(':')
            && !line.starts_with(char::is_whitespace)
            && !line.contains(":=")
            && !head.is_empty()
        {
            found.push((head.split(' ').next().unwrap(), comment.take()));
        } else {
            comment = None;
        }
    }
    found
}

#[test]
fn common_recipes_exist_and_every_recipe_has_help() {
    let recipes = recipes();
    for name in [
        "run",
        "watch",
        "dev",
        "down",
        "logs",
        "db",
        "mail",
        "reset",
        "seed",
        "test",
        "test-all",
        "e2e",
        "bench",
        "lint",
        "fix",
        "openapi",
        "docker-build",
        "release",
    ] {
        let (_, comment) =
            recipes.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}"));
        assert!(comment.is_some_and(|comment| comment.len() > 10), "{name} has no help");
    }
    let undocumented: Vec<_> =
        recipes.iter().filter(|(name, comment)| comment.is_none() && !name.starts_with("need")).collect();
    assert!(undocumented.is_empty(), "{undocumented:?}");
}

#[test]
fn a_tool_that_may_be_missing_is_checked_first() {
    for (tool, need) in [
        ("watchexec ", "need \"watchexec\""),
        ("docker ", "need-docker"),
        ("{{ dev_compose }}", "need-docker"),
    ] {
        let recipe =
            JUSTFILE.split("\n\n").filter(|recipe| recipe.lines().any(|line| line.trim().starts_with(tool)));
        let mut count = 0;
        for recipe in recipe.filter(|recipe| !recipe.contains("[private]")) {
            count += 1;
            assert!(recipe.contains(need), "{recipe}");
        }
        assert!(count > 0, "{tool}");
    }
}
