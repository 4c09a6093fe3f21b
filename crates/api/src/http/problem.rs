//! Error responses: problem details (RFC 9457).

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::invalid::{Invalid, Place};

/// The media type of problem details.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// An error response. The path and the id of the request are added when the response is built.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    headers: Vec<(header::HeaderName, String)>,
    /// OAuth 2 error code, at the token endpoint.
    oauth: Option<OAuthError>,
    /// Reason, for the log; never part of the response.
    reason: Option<String>,
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
    pub(crate) place: Place,
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
    const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
            oauth: None,
            reason: None,
        }
    }

    pub(crate) fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub(crate) fn forbidden(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    pub(crate) fn not_found(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    pub(crate) fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 401 with its challenge (RFC 6750, 3), which has an error code only if a token was sent.
    pub(crate) fn unauthorized(code: &'static str, detail: &'static str, token_sent: bool) -> Self {
        let challenge = if token_sent { "Bearer error=\"invalid_token\"" } else { "Bearer" };
        Self::new(StatusCode::UNAUTHORIZED, code, detail).with(header::WWW_AUTHENTICATE, challenge)
    }

    pub(crate) fn unavailable(code: &'static str, detail: &'static str, retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(retry_after)
    }

    /// 429 (RFC 6585, 4).
    pub(crate) fn too_many(retry_after: Duration) -> Self {
        let detail = "Too many requests. Please try again later.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(retry_after)
    }

    /// 503: the request exceeded its timeout.
    pub(crate) fn too_slow() -> Self {
        let detail = "It took too long to answer. Please try again.";
        Self::unavailable("answer_too_slow", detail, Duration::from_secs(1))
    }

    /// 500: an internal error. Only the log has its reason.
    pub(crate) fn internal() -> Self {
        let detail = "Something went wrong on our side. Please report it with the request id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", detail)
    }

    /// 405 with the methods that are allowed (RFC 9110, 15.5.6).
    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed.")
            .with(header::ALLOW, allowed)
    }

    pub(crate) fn unknown_path() -> Self {
        Self::not_found("unknown_path", "There is nothing at this path. See /docs for what there is.")
    }

    pub(crate) fn invalid(invalid: Invalid, place: Place) -> Self {
        let detail = "The input is not valid; see errors.";
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed", detail);
        Self { errors: invalid.into_errors(place), ..problem }
    }

    /// Status of the response.
    #[cfg(fuzzing)]
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the problem for an error response of the web server that has only a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::unknown_path(),
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(status, "body_too_large", "The body is larger than this endpoint accepts.")
            }
            status if status.is_client_error() => Self::new(
                status,
                "bad_request",
                status.canonical_reason().unwrap_or("The request is not valid."),
            ),
            _ => Self::internal(),
        }
    }

    /// Sets `Retry-After` in whole seconds, rounded up (RFC 9110, 10.2.3); at least 1.
    #[must_use]
    fn retry_after(self, time: Duration) -> Self {
        let seconds = time.as_millis().div_ceil(1_000).max(1).to_string();
        self.with(header::RETRY_AFTER, seconds)
    }

    #[must_use]
    fn with(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Replaces the code and the detail; the errors of the input stay.
    #[must_use]
    pub(crate) fn renamed(mut self, code: &'static str, detail: String) -> Self {
        (self.code, self.detail) = (code, detail.into());
        self
    }

    /// Converts to an error of the token endpoint: 400 with an error code (RFC 6749, 5.2) and without a challenge.
    #[must_use]
    pub(crate) fn oauth(mut self, error: OAuthError) -> Self {
        self.status = StatusCode::BAD_REQUEST;
        self.headers.retain(|(name, _)| *name != header::WWW_AUTHENTICATE);
        self.oauth = Some(error);
        self
    }

    /// Sets the reason for the log.
    #[must_use]
    pub(crate) fn because(mut self, reason: impl fmt::Display) -> Self {
        self.reason = Some(reason.to_string());
        self
    }

    /// Returns the details of the input errors in this part of the request, or the problem's own detail if there are none.
    pub(crate) fn details_of(&self, place: Place) -> Vec<String> {
        let of_place = self.errors.iter().filter(|error| error.place == place);
        let details: Vec<_> = of_place.map(|error| error.detail.clone()).collect();
        if details.is_empty() { vec![self.detail.to_string()] } else { details }
    }

    /// Returns the input errors in this part of the request, each as `field: detail`.
    pub(crate) fn errors_of(&self, place: Place) -> Vec<String> {
        let of_place = self.errors.iter().filter(|error| error.place == place);
        of_place.map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.detail)).collect()
    }

    pub(crate) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Builds the response to the request with this path and id.
    pub(crate) fn reply(&self, instance: &str, request_id: &str) -> HttpResponse {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            code: self.code,
            request_id,
            errors: &self.errors,
            error: self.oauth.map(OAuthError::as_str),
            error_description: self.oauth.map(|_| &*self.detail),
        };
        let mut reply = HttpResponse::build(self.status);
        for (name, value) in &self.headers {
            reply.insert_header((name.clone(), value.as_str()));
        }
        reply.insert_header((header::CACHE_CONTROL, "no-store"));
        reply.content_type(PROBLEM_JSON).body(serde_json::to_string(&body).unwrap_or_default())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.reply("", "")
    }
}
