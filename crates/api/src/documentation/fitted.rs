//! Fits the examples of refused input to each operation: they name parts that its requests have.

use serde_json::{Value, json};
use utoipa::openapi::{
    Content, OpenApi, PathItem, RefOr,
    example::{Example, ExampleBuilder},
    path::{Operation, ParameterIn},
};

use super::problems::{PATH_ERROR, UNKNOWN_FIELD};
use crate::http::problem::PROBLEM_JSON;

/// Fits every operation of a document.
pub(super) fn fit(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, patch, .. } = item;
        for operation in [get, put, post, delete].into_iter().flatten() {
            fit_operation(operation, false);
        }
        // Nothing is required of a change, so nothing can be missing.
        if let Some(operation) = patch {
            fit_operation(operation, true);
        }
    }
}

fn fit_operation(operation: &mut Operation, is_change: bool) {
    let parameter = path_parameter(operation);
    let field = first_field(operation);
    let Some(content) = refused_input(operation) else { return };
    let mut of_path = None;
    for example in content.examples.values_mut() {
        let RefOr::T(Example { value: Some(value), .. }) = example else { continue };
        let Some(error) = value["errors"].get_mut(0) else { continue };
        match error["in"].as_str() {
            Some("path") => point(error, parameter.as_deref()),
            Some("body" | "form") => {
                if is_change {
                    *error = UNKNOWN_FIELD.shown();
                } else {
                    point(error, field.as_deref());
                }
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
    let RefOr::T(response) = operation.responses.responses.get_mut("422")? else { return None };
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

/// The first field of the example of the operation's requests.
fn first_field(operation: &Operation) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else { return None };
    let RefOr::T(content) = body.content.values().next()? else { return None };
    content.example.as_ref()?.as_object()?.keys().next().cloned()
}
