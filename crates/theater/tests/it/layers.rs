//! Arrows point inward: which crate of ours may know which.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Whom each crate may know, tests aside.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("application", &["domain"]),
    ("migration", &[]),
    ("persistence", &["domain", "migration"]),
    ("mail", &["domain"]),
    ("security", &["domain"]),
    ("limits", &["domain"]),
    ("queue", &["application", "domain"]),
    ("api", &["application", "domain"]),
    ("storage", &["domain"]),
    ("test-support", &["domain"]),
    (
        "theater",
        &["api", "application", "domain", "limits", "mail", "persistence", "queue", "security", "storage"],
    ),
];

/// What the inner crates must never know, by the names of packages.
const FRAMEWORKS: [&str; 9] =
    ["actix-web", "sea-orm", "sqlx", "serde", "serde_json", "lettre", "apalis", "tokio", "utoipa"];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    let of = |package: &cargo_metadata::Package| {
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        (package.name.to_string(), normal.map(|dependency| dependency.name.clone()).collect())
    };
    metadata.packages.iter().map(of).collect()
}

/// The arrows that point where they must not.
fn wrong_arrows(dependencies: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let ours: BTreeSet<_> = dependencies.keys().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for (name, known) in dependencies {
        let allowed = ALLOWED.iter().find(|(allowed, _)| allowed == name).map(|(_, known)| *known);
        let Some(allowed) = allowed else {
            wrong.push(format!("{name} is new: say whom it may know"));
            continue;
        };
        let inner = matches!(name.as_str(), "domain" | "application");
        for dependency in known {
            let outward = ours.contains(dependency.as_str()) && !allowed.contains(&dependency.as_str());
            let framework = inner && FRAMEWORKS.contains(&dependency.as_str());
            if outward || framework {
                wrong.push(format!("{name} → {dependency}"));
            }
        }
    }
    wrong
}

#[test]
fn layers_point_inward() {
    assert_eq!(wrong_arrows(&dependencies()), [""; 0]);
}

#[test]
fn an_arrow_that_points_outward_is_found() {
    let mut dependencies = dependencies();
    dependencies.get_mut("domain").unwrap().insert("persistence".into());
    dependencies.get_mut("application").unwrap().insert("serde".into());
    assert_eq!(wrong_arrows(&dependencies), ["application → serde", "domain → persistence"]);
}
