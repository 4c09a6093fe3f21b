//! Error responses: problem details (RFC 9457).

use std::{fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    invalid::{Invalid, RequestPart},
    problems::{BadRequest, BodyTooLarge, InternalError, MethodNotAllowed, UnknownPath, ValidationFailed},
    row::Row,
};
use crate::documentation::values::ErrorCode;

/// The media type of problem details.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// An error response. The path and the id of the request are added when the response is built.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    row: Row,
    /// Detail with values in it; `None` for that of the row.
    detail: Option<Box<str>>,
    errors: Vec<FieldError>,
    headers: Vec<(header::HeaderName, String)>,
    /// Reason, for the log; never part of the response.
    reason: Option<Box<str>>,
}

/// Problem details of an error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// Always `about:blank`; `code` identifies the error.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// Reason phrase of the status.
    title: &'static str,
    /// HTTP status code.
    status: u16,
    /// Description of the error in a sentence, for people.
    detail: &'a str,
    /// Path of the request.
    instance: &'a str,
    /// Stable code of the error, for programs.
    #[schema(value_type = ErrorCode)]
    code: &'static str,
    /// Identifier of the request in the logs; also in the header `x-request-id`.
    request_id: &'a str,
    /// All errors of the input; absent if there are none.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// OAuth 2 error code; only at the token endpoint (RFC 6749, 5.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// Same text as `detail`; only at the token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<&'a str>,
}

/// An error of the input. The rejected value is never included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Part of the request that contains the input.
    #[serde(rename = "in")]
    pub(crate) part: RequestPart,
    /// JSON pointer to the rejected value in that part (RFC 6901).
    #[schema(example = "/password")]
    pub(crate) pointer: String,
    /// Stable code of the error, for programs.
    #[schema(example = "password_needs_digit")]
    pub(crate) code: &'static str,
    /// Description of the error in a sentence, for people.
    pub(crate) detail: String,
}

/// An error of the token endpoint (RFC 6749, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OAuthError {
    InvalidRequest,
    InvalidGrant,
    UnsupportedGrantType,
}

impl OAuthError {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }
}

impl Problem {
    /// 405 with the methods that are allowed (RFC 9110, 15.5.6).
    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        Self::from(MethodNotAllowed).with(header::ALLOW, allowed)
    }

    pub(crate) fn invalid(invalid: Invalid, part: RequestPart) -> Self {
        Self { errors: invalid.into_errors(part), ..ValidationFailed.into() }
    }

    /// Returns the problem for an error response of the web server that has only a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => UnknownPath.into(),
            StatusCode::PAYLOAD_TOO_LARGE => BodyTooLarge.into(),
            status if status.is_client_error() => {
                let row = BadRequest::ROW.with_status(status);
                status.canonical_reason().map_or(row, |reason| row.with_detail(reason)).into()
            }
            _ => InternalError.into(),
        }
    }

    /// Replaces the detail by one that contains values.
    #[must_use]
    pub(crate) fn with_detail(self, detail: String) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Sets `Retry-After` in whole seconds, rounded up (RFC 9110, 10.2.3); at least 1.
    #[must_use]
    pub(crate) fn retry_after(self, time: Duration) -> Self {
        let seconds = time.as_millis().div_ceil(1_000).max(1).to_string();
        self.with(header::RETRY_AFTER, seconds)
    }

    #[must_use]
    fn with(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the errors of the input of another problem.
    #[must_use]
    pub(crate) fn with_errors_of(self, other: Self) -> Self {
        Self { errors: other.errors, ..self }
    }

    /// Sets the reason for the log.
    #[must_use]
    pub(crate) fn because(mut self, reason: impl fmt::Display) -> Self {
        self.reason = Some(reason.to_string().into());
        self
    }

    /// Returns the errors of the input.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.row.detail)
    }

    pub(crate) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Builds the response to the request with this path and id.
    pub(crate) fn reply(&self, instance: &str, request_id: &str) -> HttpResponse {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.row.status.canonical_reason().unwrap_or("Error"),
            status: self.row.status.as_u16(),
            detail: self.detail(),
            instance,
            code: self.row.code,
            request_id,
            errors: &self.errors,
            error: self.row.oauth.map(OAuthError::as_str),
            error_description: self.row.oauth.map(|_| self.detail()),
        };
        let mut reply = HttpResponse::build(self.row.status);
        for (name, value) in &self.headers {
            reply.insert_header((name.clone(), value.as_str()));
        }
        reply.insert_header((header::CACHE_CONTROL, "no-store"));
        reply.content_type(PROBLEM_JSON).body(serde_json::to_string(&body).unwrap_or_default())
    }
}

impl From<Row> for Problem {
    fn from(row: Row) -> Self {
        let problem = Self { row, detail: None, errors: Vec::new(), headers: Vec::new(), reason: None };
        match row.status {
            // RFC 6750, 3: the challenge has an error code only if a token was sent.
            StatusCode::UNAUTHORIZED if row.refuses_token => {
                problem.with(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
            }
            StatusCode::UNAUTHORIZED => problem.with(header::WWW_AUTHENTICATE, "Bearer"),
            _ => problem,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.row.status.as_u16(), self.row.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.row.status
    }

    fn error_response(&self) -> HttpResponse {
        self.reply("", "")
    }
}
