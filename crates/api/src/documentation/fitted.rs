//! Fits the examples of refused input to each operation: they name parts that its requests have.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use utoipa::openapi::{
    Content, OpenApi, PathItem, RefOr, Schema,
    example::{Example, ExampleBuilder},
    path::{Operation, ParameterIn},
};

use super::problems::{PATH_ERROR, UNKNOWN_FIELD};
use crate::http::problem::PROBLEM_JSON;

/// The path of the token endpoint, whose errors have the members of OAuth 2 as well.
pub(super) const TOKEN_ENDPOINT: &str = "/api/v1/accounts/token";

/// Fits every operation of a document.
pub(super) fn fit(document: &mut OpenApi) {
    if let Some(token) = document.paths.paths.get_mut(TOKEN_ENDPOINT).and_then(|item| item.post.as_mut()) {
        fit_oauth(token);
    }
    let optional = optional_schemas(document);
    for item in document.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, patch, .. } = item;
        for operation in [get, put, post, delete, patch].into_iter().flatten() {
            fit_operation(operation, &optional);
        }
    }
}

/// Adds `error` and `error_description` to the examples of 400 (RFC 6749, 5.2).
fn fit_oauth(operation: &mut Operation) {
    let Some(content) = problem_content(operation, "400") else { return };
    for example in content.examples.values_mut() {
        let RefOr::T(Example { value: Some(problem), .. }) = example else { continue };
        let error = match problem["code"].as_str() {
            Some(code @ ("unsupported_grant_type" | "invalid_request")) => code.to_owned(),
            Some("broken_body") | None => continue,
            Some(_) => "invalid_grant".to_owned(),
        };
        problem["error"] = json!(error);
        problem["error_description"] = problem["detail"].clone();
    }
}

/// Where the schemas stand that require nothing, so that nothing can be missing.
fn optional_schemas(document: &OpenApi) -> BTreeSet<String> {
    let schemas = document.components.iter().flat_map(|components| &components.schemas);
    let requires_nothing = |schema: &RefOr<Schema>| match schema {
        RefOr::T(Schema::Object(object)) => object.required.is_empty(),
        _ => false,
    };
    schemas
        .filter(|(_, schema)| requires_nothing(schema))
        .map(|(name, _)| format!("#/components/schemas/{name}"))
        .collect()
}

fn fit_operation(operation: &mut Operation, optional: &BTreeSet<String>) {
    let parameter = path_parameter(operation);
    let required = first_field(operation, optional);
    let Some(content) = refused_input(operation) else { return };
    let mut of_path = None;
    for example in content.examples.values_mut() {
        let RefOr::T(Example { value: Some(value), .. }) = example else { continue };
        let Some(error) = value["errors"].get_mut(0) else { continue };
        match error["in"].as_str() {
            Some("path") => point(error, parameter.as_deref()),
            Some(place @ ("body" | "form")) => {
                let place = json!(place);
                match &required {
                    Some(field) => point(error, Some(field)),
                    None => *error = UNKNOWN_FIELD.shown(),
                }
                error["in"] = place;
                of_path = parameter.as_deref().map(|parameter| other_example(value, parameter));
            }
            _ => {}
        }
    }
    if let Some(example) = of_path {
        content.examples.insert("invalid_path".to_owned(), example.into());
    }
}

/// The same problem, of a part of the path.
fn other_example(problem: &Value, parameter: &str) -> Example {
    let mut error = PATH_ERROR.shown();
    point(&mut error, Some(parameter));
    let mut problem = problem.clone();
    problem["errors"] = json!([error]);
    ExampleBuilder::new().summary("The path is not valid.").value(Some(problem)).build()
}

fn point(error: &mut Value, name: Option<&str>) {
    if let Some(name) = name {
        error["pointer"] = json!(format!("/{name}"));
    }
}

fn refused_input(operation: &mut Operation) -> Option<&mut Content> {
    problem_content(operation, "422")
}

fn problem_content<'a>(operation: &'a mut Operation, status: &str) -> Option<&'a mut Content> {
    let RefOr::T(response) = operation.responses.responses.get_mut(status)? else { return None };
    match response.content.get_mut(PROBLEM_JSON)? {
        RefOr::T(content) => Some(content),
        RefOr::Ref(_) => None,
    }
}

fn path_parameter(operation: &Operation) -> Option<String> {
    let mut all = operation.parameters.iter().flatten();
    all.find_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path => Some(parameter.name.clone()),
        _ => None,
    })
}

/// The first field of the example of the operation's requests, if anything is required of them.
fn first_field(operation: &Operation, optional: &BTreeSet<String>) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else { return None };
    let RefOr::T(content) = body.content.values().next()? else { return None };
    match &content.schema {
        Some(RefOr::Ref(schema)) if optional.contains(&schema.ref_location) => None,
        _ => content.example.as_ref()?.as_object()?.keys().next().cloned(),
    }
}
