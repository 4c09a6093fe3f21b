//! The OpenAPI document: committed, current and complete.

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(api::openapi()).unwrap()
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &'_ Value)| {
        let item = item.as_object().unwrap().clone();
        item.keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
    };
    let names: Vec<_> = paths.iter().flat_map(of).collect();
    names.into_iter().map(|(method, path)| (format!("{method} {path}"), &paths[&path][&method])).collect()
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
fn it_is_openapi_3_1() {
    assert_eq!(document()["openapi"], "3.1.0");
}

#[test]
fn every_operation_says_what_it_is() {
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
        assert!(operation["security"].is_array(), "{name} does not say whom it lets in");
        assert!(ids.insert(operation["operationId"].to_string()), "{name} shares its operationId");
    }
}

#[test]
fn every_request_and_every_reply_has_an_example() {
    let document = document();
    for (name, operation) in operations(&document) {
        if let Some(content) = operation["requestBody"]["content"].as_object() {
            assert!(content.values().all(has_example), "the request of {name} has no example");
        }
        for (status, reply) in operation["responses"].as_object().unwrap() {
            let content = reply["content"].as_object().cloned().unwrap_or_default();
            assert!(
                ["204", "304"].contains(&status.as_str()) || !content.is_empty(),
                "{name} {status} has no content"
            );
            assert!(content.values().all(has_example), "{name} {status} has no example");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
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
