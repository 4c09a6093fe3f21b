//! The OpenAPI document: committed, current and complete.

use serde_json::Value;

pub(crate) fn document() -> Value {
    serde_json::to_value(api::openapi()).unwrap()
}

/// Every operation, named by its method and path.
pub(crate) fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &'_ Value)| {
        let item = item.as_object().unwrap().clone();
        item.keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
    };
    let names: Vec<_> = paths.iter().flat_map(of).collect();
    names.into_iter().map(|(method, path)| (format!("{method} {path}"), &paths[&path][&method])).collect()
}

/// The target of a reference, or the value itself.
pub(crate) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

fn has_example(media: &Value) -> bool {
    !media["example"].is_null() || media["examples"].as_object().is_some_and(|examples| !examples.is_empty())
}

#[test]
fn the_committed_document_is_the_current_one() {
    let committed = include_str!("../../../api/openapi.json");
    assert!(committed == theater::commands::openapi_json().unwrap(), "run `just openapi`");
}

#[test]
fn the_document_is_openapi_3_1() {
    assert_eq!(document()["openapi"], "3.1.0");
}

#[test]
fn every_operation_has_an_id_texts_one_tag_and_its_security() {
    let document = document();
    let mut ids = std::collections::BTreeSet::new();
    for (name, operation) in operations(&document) {
        for member in ["operationId", "summary", "description"] {
            assert!(
                operation[member].as_str().is_some_and(|text| !text.is_empty()),
                "{name} has no {member}"
            );
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}: {}", operation["tags"]);
        assert!(operation["security"].is_array(), "{name} has no security requirement");
        assert!(ids.insert(operation["operationId"].to_string()), "{name} shares its operationId");
    }
}

#[test]
fn every_request_and_every_response_has_an_example() {
    let document = document();
    for (name, operation) in operations(&document) {
        if let Some(content) = operation["requestBody"]["content"].as_object() {
            assert!(content.values().all(has_example), "the request of {name} has no example");
        }
        for (status, reply) in operation["responses"].as_object().unwrap() {
            let content = resolved(&document, reply)["content"].as_object().cloned().unwrap_or_default();
            assert!(
                ["204", "304"].contains(&status.as_str()) || !content.is_empty(),
                "{name} {status} has no content"
            );
            assert!(content.values().all(has_example), "{name} {status} has no example");
        }
    }
}

#[test]
fn examples_of_invalid_input_name_fields_and_parameters_of_the_operation() {
    let document = document();
    for (name, operation) in operations(&document) {
        let refused = resolved(&document, &operation["responses"]["422"]);
        let examples = &refused["content"]["application/problem+json"]["examples"];
        for example in examples.as_object().into_iter().flat_map(|examples| examples.values()) {
            let error = &example["value"]["errors"][0];
            if error["code"] == "unknown_field" {
                continue;
            }
            let part = error["pointer"].as_str().unwrap().trim_start_matches('/');
            let parameters = operation["parameters"].as_array().unwrap();
            let has = match error["in"].as_str().unwrap() {
                "body" | "form" => {
                    let content = operation["requestBody"]["content"].as_object().unwrap();
                    let reference = content.values().next().unwrap()["schema"]["$ref"].as_str().unwrap();
                    let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
                    schema["required"].as_array().unwrap().iter().any(|required| required == part)
                }
                place => parameters
                    .iter()
                    .map(|known| resolved(&document, known))
                    .any(|known| known["name"] == part && known["in"] == place),
            };
            assert!(has, "{name}: {error}");
        }
    }
}

#[test]
fn every_reference_resolves() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference} does not resolve");
                }
                members.values().for_each(|member| check(document, member));
            }
            Value::Array(items) => items.iter().for_each(|item| check(document, item)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
}

#[test]
fn the_document_declares_a_server_its_tags_and_a_bearer_scheme() {
    let document = document();
    assert_eq!(document["servers"][0]["url"], "/");
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    for (name, operation) in operations(&document) {
        assert!(tags.contains(&&operation["tags"][0]), "{name}: its tag is not declared");
        let security = operation["security"].as_array().unwrap();
        let has = |scheme: &str| security.iter().any(|one| !one[scheme].is_null());
        assert_eq!(has("log_in"), has("bearer"), "{name}");
    }
}

#[test]
fn every_operation_documents_the_headers_that_it_reads_and_sends() {
    let document = document();
    for (name, operation) in operations(&document) {
        let parameters: Vec<_> = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &resolved(&document, one)["name"])
            .collect();
        assert!(parameters.iter().any(|one| *one == "x-request-id"), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        let is_conditional = responses.contains_key("304");
        assert_eq!(parameters.iter().any(|one| *one == "If-None-Match"), is_conditional, "{name}");
        for (status, response) in responses {
            let headers = &resolved(&document, response)["headers"];
            assert!(headers["x-request-id"].is_object(), "{name} {status}");
            let has_etag = is_conditional && ["200", "304"].contains(&status.as_str());
            assert_eq!(headers["ETag"].is_object(), has_etag, "{name} {status}");
        }
    }
}

#[test]
fn a_response_shared_by_operations_is_defined_once() {
    let document = document();
    let mut seen = std::collections::BTreeMap::new();
    for (name, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            if response["content"]["application/problem+json"].is_object() {
                let other = seen.insert(response.to_string(), name.clone());
                assert_eq!(other, None, "{name} {status}");
            }
        }
    }
}

#[test]
fn every_request_schema_forbids_unknown_fields() {
    let document = document();
    for (name, operation) in operations(&document) {
        for content in
            operation["requestBody"]["content"].as_object().into_iter().flat_map(|all| all.values())
        {
            assert_eq!(resolved(&document, &content["schema"])["additionalProperties"], false, "{name}");
        }
    }
}
