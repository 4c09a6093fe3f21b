//! What operations share: tags, security, and the headers and error responses that are defined once among the components.

use std::{collections::BTreeMap, iter};

use actix_web::http::StatusCode;
use utoipa::openapi::{
    Components, Header, HeaderBuilder, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Response,
    example::Example,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
    security::SecurityRequirement,
};

use super::problems::UNKNOWN_FIELD;
use crate::http::problem::PROBLEM_JSON;

/// OAuth 2 scheme, with which Swagger UI logs in.
pub(super) const OAUTH: &str = "log_in";
/// Scheme of clients that have an access token already.
pub(super) const BEARER: &str = "bearer";

/// Tags of operations by the start of their path; the first match counts.
const TAGS: [(&str, &str); 6] = [
    ("/api/v1/accounts/", "Accounts"),
    ("/api/v1/admin/", "Administration"),
    ("/api/v1/profiles/", "Profiles"),
    ("/api/v1/theater/movies", "Catalogue"),
    ("/api/v1/theater/", "Taxonomies"),
    ("/", "System"),
];

/// Completes the operations of a document, and moves their shared parts to its components.
pub(super) fn share(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    add_headers(components);
    for (path, item) in &mut document.paths.paths {
        let tag = TAGS.iter().find(|(start, _)| path.starts_with(start)).map(|(_, tag)| (*tag).to_owned());
        operations(item).for_each(|operation| operation.tags = tag.clone().map(|tag| vec![tag]));
    }
    let mut uses = BTreeMap::new();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        require_token(operation);
        refer_to_headers(operation);
        for response in operation.responses.responses.values() {
            *uses.entry(text_of(response)).or_insert(0) += 1;
        }
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for (status, response) in &mut operation.responses.responses {
            if uses.get(&text_of(response)).is_some_and(|count| *count > 1) {
                refer_to_problem(status, response, components);
            }
        }
    }
}

fn text_of(response: &RefOr<Response>) -> String {
    serde_json::to_string(response).unwrap_or_default()
}

/// The operations of a path.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// A schema of strings.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A header whose values are strings.
pub(super) fn header(description: &str) -> Header {
    HeaderBuilder::new().schema(Some(text().build())).description(Some(description)).build()
}

fn parameter(name: &str, description: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
    RefOr::T(parameter.description(Some(description)).schema(Some(text().build())).build())
}

fn add_headers(components: &mut Components) {
    components.headers.insert(
        "RequestId".to_owned(),
        header("Identifier of the request in the logs: the one that the client sent, or a new one.").into(),
    );
    let link = header(
        "The next, previous and first page of the list, as relations `next`, `prev` and `first` (RFC 8288).",
    );
    components.headers.insert("Link".to_owned(), link.into());
    let etag = header("Validator of the response (RFC 9110, 8.8.3).");
    components.headers.insert("ETag".to_owned(), etag.into());
    components.parameters.insert(
        "RequestId".to_owned(),
        parameter(
            "x-request-id",
            "Identifier of the request: 1–64 characters of `A-Za-z0-9_-`. Another value is replaced by a new one.",
        ),
    );
    components.parameters.insert(
        "IfNoneMatch".to_owned(),
        parameter(
            "If-None-Match",
            "`ETag` of a response that the client has. If the response has not changed, the status is 304.",
        ),
    );
}

/// Documents that an operation requires a token unless it is declared as public.
fn require_token(operation: &mut Operation) {
    let schemes = [OAUTH, BEARER].map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()));
    operation.security.get_or_insert_with(|| schemes.to_vec());
}

fn refer_to_headers(operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let is_list = parameters
        .iter()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "cursor"));
    let is_conditional = operation.responses.responses.contains_key("304");
    if is_conditional {
        parameters.push(RefOr::Ref(Ref::new("#/components/parameters/IfNoneMatch")));
    }
    parameters.push(RefOr::Ref(Ref::new("#/components/parameters/RequestId")));
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let mut refer = |header: &str, component: &str| {
            let reference = Ref::new(format!("#/components/headers/{component}"));
            response.headers.insert(header.to_owned(), RefOr::Ref(reference));
        };
        refer("x-request-id", "RequestId");
        if is_conditional && matches!(status.as_str(), "200" | "304") {
            refer("ETag", "ETag");
        }
        if is_list && status == "200" {
            refer("Link", "Link");
        }
    }
}

/// Replaces an error response by a reference.
fn refer_to_problem(status: &str, response: &mut RefOr<Response>, components: &mut Components) {
    let Some(name) = problem_name(status, response) else { return };
    // The first response with a name has the plain name; others are numbered.
    let names = iter::once(name.clone()).chain((2..).map(|number: usize| format!("{name}{number}")));
    for name in names {
        let known = components.responses.entry(name.clone()).or_insert_with(|| response.clone());
        if known == response {
            *response = RefOr::Ref(Ref::from_response_name(name));
            break;
        }
    }
}

/// The name of an error response: the input that is wrong, up to two codes, or the status.
fn problem_name(status: &str, response: &RefOr<Response>) -> Option<String> {
    let RefOr::T(response) = response else { return None };
    let RefOr::T(content) = response.content.get(PROBLEM_JSON)? else { return None };
    let inputs: Vec<_> = content.examples.values().filter_map(input_name).collect();
    if !inputs.is_empty() {
        return Some(format!("Invalid{}", inputs.join("Or")));
    }
    if content.examples.len() <= 2 {
        return Some(content.examples.keys().map(|code| pascal_case(code)).collect::<Vec<_>>().join("Or"));
    }
    let reason = StatusCode::from_bytes(status.as_bytes()).ok()?.canonical_reason()?;
    Some(pascal_case(reason))
}

/// Part of the request and name of the invalid input in an example.
fn input_name(example: &RefOr<Example>) -> Option<String> {
    let RefOr::T(Example { value: Some(problem), .. }) = example else { return None };
    let error = problem["errors"].get(0)?;
    let name = if error["code"] == UNKNOWN_FIELD.code() { "" } else { error["pointer"].as_str()? };
    Some(pascal_case(&format!("{} {name}", error["in"].as_str()?)))
}

/// The words of a name, each capitalized.
fn pascal_case(name: &str) -> String {
    let words = name.split(|separator: char| !separator.is_ascii_alphanumeric());
    words
        .map(|word| {
            word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect::<String>()
        })
        .collect()
}
