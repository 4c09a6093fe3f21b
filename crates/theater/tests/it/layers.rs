//! Dependencies point inward: which crate of the workspace may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// The permitted dependencies of each crate, apart from those of tests.
const ALLOWED: [(&str, &[&str]); 15] = [
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
    ("legacy-import", &["application", "domain"]),
    ("sample-data", &["application", "domain"]),
    ("test-fakes", &["domain"]),
    ("test-servers", &[]),
    (
        "theater",
        &[
            "api",
            "application",
            "domain",
            "legacy-import",
            "limits",
            "mail",
            "persistence",
            "queue",
            "sample-data",
            "security",
            "storage",
        ],
    ),
];

/// Packages that `domain` and `application` must not depend on.
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

/// The dependencies that are not permitted.
fn forbidden_dependencies(dependencies: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let ours: BTreeSet<_> = dependencies.keys().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for (name, actual) in dependencies {
        let allowed = ALLOWED.iter().find(|(allowed, _)| allowed == name).map(|(_, permitted)| *permitted);
        let Some(allowed) = allowed else {
            wrong.push(format!("{name} is new: list its permitted dependencies"));
            continue;
        };
        let inner = matches!(name.as_str(), "domain" | "application");
        for dependency in actual {
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
    assert_eq!(forbidden_dependencies(&dependencies()), [""; 0]);
}

#[test]
fn an_outward_dependency_is_detected() {
    let mut dependencies = dependencies();
    dependencies.get_mut("domain").unwrap().insert("persistence".into());
    dependencies.get_mut("application").unwrap().insert("serde".into());
    assert_eq!(forbidden_dependencies(&dependencies), ["application → serde", "domain → persistence"]);
}
