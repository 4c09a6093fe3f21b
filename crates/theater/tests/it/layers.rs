//! Dependencies point inward: which crate of the workspace may depend on which, and what a context may name of another.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand};
use syn::visit::Visit;

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

/// The contexts; each has a module of its name in the crates that it needs.
const CONTEXTS: [&str; 4] = ["accounts", "administration", "catalogue", "profiles"];

/// What a context names of another beside identifiers (`UserId`, `MovieId`), and why.
const NAMED: [(&str, &str, &[&str]); 3] = [
    // The administrators' view of accounts: the same entities and the same unit of work.
    ("administration", "accounts", &["*"]),
    // The caller and their rights; a profile belongs to an active account, which is locked while the profile is created; an
    // import creates both in one commit.
    ("profiles", "accounts", &["User", "Group", "UserRepository", "AccountQueries", "NewUser"]),
    // `GET /accounts/me` shows the profile too.
    ("accounts", "profiles", &["profile", "profile_of"]),
];

/// The paths that a file names, in `use` declarations and elsewhere, without their leading `crate` or `super`.
#[derive(Default)]
struct Paths(BTreeSet<Vec<String>>);

impl Paths {
    fn of(source: &str) -> Self {
        let mut paths = Self::default();
        paths.visit_file(&syn::parse_file(source).unwrap());
        paths
    }

    fn add_tree(&mut self, mut before: Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_tree(before, &path.tree);
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.add_tree(before.clone(), item));
            }
            syn::UseTree::Name(syn::UseName { ident })
            | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                before.push(ident.to_string());
                self.0.insert(before);
            }
            syn::UseTree::Glob(_) => {
                before.push("*".into());
                self.0.insert(before);
            }
        }
    }
}

impl Visit<'_> for Paths {
    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        self.add_tree(Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &syn::Path) {
        self.0.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }
}

/// What this source of a context names of others without permission.
fn forbidden_names(context: &str, source: &str) -> BTreeSet<String> {
    let of_another = |path: Vec<String>| {
        let position = path.iter().position(|segment| CONTEXTS.contains(&segment.as_str()))?;
        let (other, item) = (&path[position], path.get(position + 1)?);
        let is_a_module = position > 0 && matches!(path[0].as_str(), "crate" | "domain" | "application");
        let is_named = |(from, to, items): &(&str, &str, &[&str])| {
            (*from, *to) == (context, other) && (items.contains(&"*") || items.contains(&item.as_str()))
        };
        let is_permitted = other == context || item.ends_with("Id") || NAMED.iter().any(is_named);
        (is_a_module && !is_permitted).then(|| format!("{context} → {other}::{item}"))
    };
    Paths::of(source).0.into_iter().filter_map(of_another).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_context_names_only_identifiers_of_another() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut wrong = BTreeSet::new();
    for (layer, context) in ["domain", "application", "persistence", "api"]
        .iter()
        .flat_map(|layer| CONTEXTS.map(|context| (layer, context)))
    {
        for file in rust_files(&crates.join(layer).join("src").join(context)) {
            wrong.append(&mut forbidden_names(context, &fs::read_to_string(file).unwrap()));
        }
    }
    assert_eq!(wrong, BTreeSet::new());
}

#[test]
fn the_name_of_another_context_is_detected() {
    let source = "use domain::{accounts::{LinkToken, UserId}, catalogue::Movie};
        fn f() { crate::profiles::profile_of(); }";
    let wrong = ["catalogue → accounts::LinkToken", "catalogue → profiles::profile_of"].map(String::from);
    assert_eq!(forbidden_names("catalogue", source), wrong.into());
}
