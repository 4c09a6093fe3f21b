//! Fits the documented problems to each operation: one response per status, and examples of invalid input that name fields
//! and parameters of the operation.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use utoipa::openapi::{
    OpenApi, RefOr, Schema,
    example::{Example, ExampleBuilder},
    path::{Operation, ParameterIn},
};

use super::{
    problems::{PATH_ERROR, UNKNOWN_FIELD, examples, merge},
    shared::operations,
};

/// Fits every operation of a document.
pub(super) fn fit(document: &mut OpenApi) {
    let optional = optional_schemas(document);
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        merge(operation);
        fit_operation(operation, &optional);
    }
}

/// References of the schemas without required fields.
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
    let Some(examples) = operation.responses.responses.get_mut("422").and_then(examples) else { return };
    let mut of_path = None;
    for example in examples.values_mut() {
        let RefOr::T(Example { value: Some(value), .. }) = example else { continue };
        let Some(error) = value["errors"].get_mut(0) else { continue };
        match error["in"].as_str() {
            Some("path") => point(error, parameter.as_deref()),
            Some(part @ ("body" | "form")) => {
                let part = json!(part);
                match &required {
                    Some(field) => point(error, Some(field)),
                    None => *error = UNKNOWN_FIELD.to_json(),
                }
                error["in"] = part;
                of_path = parameter.as_deref().map(|parameter| other_example(value, parameter));
            }
            _ => {}
        }
    }
    if let Some(example) = of_path {
        examples.insert("invalid_path".to_owned(), example.into());
    }
}

/// The same problem for a parameter of the path.
fn other_example(problem: &Value, parameter: &str) -> Example {
    let mut error = PATH_ERROR.to_json();
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

fn path_parameter(operation: &Operation) -> Option<String> {
    let mut all = operation.parameters.iter().flatten();
    all.find_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path => Some(parameter.name.clone()),
        _ => None,
    })
}

/// First field in the example of the operation's body; `None` if no field is required.
fn first_field(operation: &Operation, optional: &BTreeSet<String>) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else { return None };
    let RefOr::T(content) = body.content.values().next()? else { return None };
    match &content.schema {
        Some(RefOr::Ref(schema)) if optional.contains(&schema.ref_location) => None,
        _ => content.example.as_ref()?.as_object()?.keys().next().cloned(),
    }
}
