//! Error responses of the OpenAPI document, made from the rows of problems, and the groups that many operations share.

use std::{collections::BTreeMap, mem};

use serde_json::json;
use utoipa::{
    IntoResponses,
    openapi::{
        ContentBuilder, Ref, RefOr, Response, ResponseBuilder,
        example::{Example, ExampleBuilder},
        path::Operation,
    },
};

use super::shared::header;

pub(crate) use crate::http::problems::*;
use crate::http::{problem::PROBLEM_JSON, row::Row};

/// Responses by status. The key of a problem is its status and its code, until [`merge`] joins those of one status.
pub(crate) type Responses = BTreeMap<String, RefOr<Response>>;

/// Example of an error of the input: part of the request, pointer, code and detail. [`fitted`](super::fitted) replaces the
/// pointer by one that the operation has.
#[derive(Clone, Copy, Debug)]
pub(super) struct InputExample(&'static str, &'static str, &'static str, &'static str);

const BODY_ERROR: InputExample = InputExample("body", "/name", "missing", "This field is required.");
const FORM_ERROR: InputExample = InputExample("form", "/name", "missing", "This field is required.");
pub(super) const PATH_ERROR: InputExample =
    InputExample("path", "/id", "invalid_id", "The id must be a positive 64-bit integer.");
pub(super) const UNKNOWN_FIELD: InputExample =
    InputExample("body", "/colour", "unknown_field", "There is no such field.");
const UNKNOWN_PARAMETER: InputExample =
    InputExample("query", "/colour", "unknown_field", "There is no such field.");
const QUERY_ERROR: InputExample =
    InputExample("query", "/page", "invalid_page", "The page must be a number from 1 on.");

impl InputExample {
    /// Stable code of the error.
    pub(super) const fn code(self) -> &'static str {
        self.2
    }

    /// As problem details contain it.
    pub(super) fn to_json(self) -> serde_json::Value {
        let Self(part, pointer, code, detail) = self;
        json!({"in": part, "pointer": pointer, "code": code, "detail": detail})
    }
}

/// Declares types that document errors of the input (422).
macro_rules! invalid_input {
    ($($name:ident = $error:expr;)+) => {$(
        #[derive(Debug)]
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                response(ValidationFailed::ROW, Some($error))
            }
        }
    )+};
}

/// Declares types that document several problems at once.
macro_rules! groups {
    ($($(#[$doc:meta])* $name:ident = [$($member:ty),+ $(,)?];)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> $crate::documentation::problems::Responses {
                let mut all = std::collections::BTreeMap::new();
                $(all.extend(<$member as utoipa::IntoResponses>::responses());)+
                all
            }
        }
    )+};
}

pub(crate) use groups;

invalid_input! {
    InvalidBody = BODY_ERROR;
    InvalidForm = FORM_ERROR;
    InvalidPath = PATH_ERROR;
    InvalidQuery = QUERY_ERROR;
    UnexpectedQuery = UNKNOWN_PARAMETER;
}

groups! {
    /// Every request.
    Always = [InternalError, StoreUnavailable, TooManyLogins, AnswerTooSlow];
    /// Requests with a JSON body.
    JsonBody = [MalformedJson, BrokenBody, BodyTooSlow, BodyTooLarge, NotJson, InvalidBody];
    /// Requests with a form.
    FormBody = [BrokenBody, BodyTooSlow, BodyTooLarge, NotForm];
    /// Requests with a form that contains a file.
    MultipartBody = [BrokenBody, BodyTooSlow, BodyTooLarge, NotMultipart, InvalidForm];
    /// Requests that need an access token.
    Bearer = [MissingToken, MalformedAuthorization, TokenExpired, InvalidToken, UserNotActive];
    /// Requests of moderators and administrators.
    ModeratorsOnly = [Bearer, ModeratorRequired];
    /// Requests of administrators.
    AdminsOnly = [Bearer, AdminRequired];
}

/// The client has the current response already.
#[derive(Debug)]
pub(crate) struct NotModified;

impl IntoResponses for NotModified {
    fn responses() -> Responses {
        let description =
            "The response has not changed since the client received the `ETag` in `If-None-Match`.";
        BTreeMap::from([("304".to_owned(), ResponseBuilder::new().description(description).build().into())])
    }
}

/// Documents a problem.
pub(crate) fn of_row(row: Row) -> Responses {
    response(row, None)
}

/// Documents a problem, with an example of an error of the input.
fn response(row: Row, error: Option<InputExample>) -> Responses {
    let Row { status, code, detail, oauth, .. } = row;
    let mut problem = json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail,
        "instance": "/api/v1/…", "code": code, "request_id": "5f0c6f5e0d4b4c0f9f5a3b1e8c7d6a21",
    });
    if let Some(error) = error {
        problem["errors"] = json!([error.to_json()]);
    }
    if let Some(error) = oauth {
        problem["error"] = json!(error.as_str());
        problem["error_description"] = json!(detail);
    }
    let example = ExampleBuilder::new().summary(detail).value(Some(problem)).build();
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter([(code, example)])
        .build();
    let mut response = ResponseBuilder::new().description(detail).content(PROBLEM_JSON, content);
    if status.as_u16() == 401 {
        response = response.header("WWW-Authenticate", header("Challenge (RFC 6750)."));
    }
    if matches!(status.as_u16(), 429 | 503) {
        response =
            response.header("Retry-After", header("Time to wait before the next request, in seconds."));
    }
    BTreeMap::from([(format!("{} {code}", status.as_u16()), response.build().into())])
}

/// Joins the problems of one status to one response with an example of each.
pub(super) fn merge(operation: &mut Operation) {
    let mut merged = Responses::new();
    for (key, response) in mem::take(&mut operation.responses.responses) {
        let status = key.split(' ').next().unwrap_or_default();
        match merged.get_mut(status) {
            None => {
                merged.insert(status.to_owned(), response);
            }
            Some(first) => join(first, response),
        }
    }
    operation.responses.responses = merged;
}

/// Adds a problem to a response. A response with another body remains as it is.
fn join(first: &mut RefOr<Response>, mut other: RefOr<Response>) {
    let Some(more) = examples(&mut other).map(mem::take) else { return };
    let Some(all) = examples(first) else { return };
    all.extend(more);
    if let (RefOr::T(first), RefOr::T(other)) = (first, other) {
        first.description = format!("{} · {}", first.description, other.description);
    }
}

/// The examples of the problems that a response documents, by code.
pub(super) fn examples(response: &mut RefOr<Response>) -> Option<&mut BTreeMap<String, RefOr<Example>>> {
    let RefOr::T(response) = response else { return None };
    match response.content.get_mut(PROBLEM_JSON)? {
        RefOr::T(content) => Some(&mut content.examples),
        RefOr::Ref(_) => None,
    }
}
