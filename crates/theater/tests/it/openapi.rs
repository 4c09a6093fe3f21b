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
fn examples_of_refused_input_name_what_the_operation_has() {
    let document = document();
    for (name, operation) in operations(&document) {
        let examples = &operation["responses"]["422"]["content"]["application/problem+json"]["examples"];
        for example in examples.as_object().into_iter().flat_map(|examples| examples.values()) {
            let error = &example["value"]["errors"][0];
            if error["code"] == "unknown_field" {
                continue;
            }
            let part = error["pointer"].as_str().unwrap().trim_start_matches('/');
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let has = match error["in"].as_str().unwrap() {
                "body" | "form" => {
                    let content = operation["requestBody"]["content"].as_object().unwrap();
                    let reference = content.values().next().unwrap()["schema"]["$ref"].as_str().unwrap();
                    let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
                    schema["required"].as_array().unwrap().iter().any(|required| required == part)
                }
                place => parameters.iter().any(|known| known["name"] == part && known["in"] == place),
            };
            assert!(has, "{name}: {error}");
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
