//! Problems of every endpoint: requests, access tokens, lists and the ports behind all use cases.

use std::time::Duration;

use application::{Changed, ListError, accounts::AuthenticateError};
use domain::{
    accounts::{HashingError, TokenError},
    mail::MailboxError,
    rate_limit::Refused,
    store::StoreError,
};

use super::{
    problem::Problem,
    row::{conversions, problems, variants},
};

/// `Retry-After` while the database is unavailable.
const STORE_RETRY: Duration = Duration::from_secs(2);

problems! {
    InternalError(INTERNAL_SERVER_ERROR, "internal_error",
        "Something went wrong on our side. Please report it with the request id."
    );
    StoreUnavailable(SERVICE_UNAVAILABLE, "store_unavailable",
        "The service is busy or its database is unavailable. Please try again."
    );
    TooManyLogins(SERVICE_UNAVAILABLE, "too_many_logins", "Too many people are logging in. Please try again.");
    AnswerTooSlow(SERVICE_UNAVAILABLE, "answer_too_slow", "It took too long to answer. Please try again.");
    TooManyRequests(TOO_MANY_REQUESTS, "too_many_requests", "Too many requests. Please try again later.");

    UnknownPath(NOT_FOUND, "unknown_path", "There is nothing at this path. See /docs for what there is.");
    MethodNotAllowed(METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed.");
    BadRequest(BAD_REQUEST, "bad_request", "The request is not valid.");
    CorsRefused(BAD_REQUEST, "cors_refused", "Origin is not allowed to make this request.");

    MalformedJson(BAD_REQUEST, "malformed_json", "The body is not valid JSON.");
    BrokenBody(BAD_REQUEST, "broken_body", "The body could not be read.");
    BodyTooSlow(REQUEST_TIMEOUT, "body_too_slow", "The body took too long to arrive.");
    BodyTooLarge(PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than this endpoint accepts.");
    NotJson(UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be sent as application/json.");
    ValidationFailed(UNPROCESSABLE_ENTITY, "validation_failed", "The input is not valid; see errors.");

    MissingToken(UNAUTHORIZED, "missing_token", "Authorization header is missing");
    MalformedAuthorization(UNAUTHORIZED, "malformed_authorization",
        "Invalid Authorization header format. Expected 'Bearer <token>'"
    );
    TokenExpired(UNAUTHORIZED, "token_expired", "Token has expired.").refusing_token();
    InvalidToken(UNAUTHORIZED, "invalid_token", "Invalid token.").refusing_token();
    UserNotActive(UNAUTHORIZED, "user_not_active", "User not found or not active.").refusing_token();
    ModeratorRequired(FORBIDDEN, "moderator_required", "Moderator privileges required");
    AdminRequired(FORBIDDEN, "admin_required", "Admin privileges required");

    PagePastTheEnd(NOT_FOUND, "page_past_the_end", "The page lies past the end of the list.");
    ResourceChanged(PRECONDITION_FAILED, "resource_changed", "The resource has changed since it was read.");
}

variants! {
    NotMultipart = NotJson::ROW.with_detail("The body must be sent as multipart/form-data.");
    NotForm = NotJson::ROW.with_detail("The body must be sent as application/x-www-form-urlencoded.");
}

conversions! {
    TokenError { Expired => TokenExpired, Invalid => InvalidToken }
    AuthenticateError { NotActive => UserNotActive; Token, Store }
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        match error {
            ListError::PastTheEnd(_) => Self::from(PagePastTheEnd).with_detail(error.to_string()),
            ListError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                Self::from(StoreUnavailable).retry_after(STORE_RETRY).because(error)
            }
            StoreError::Conflict | StoreError::Failed(_) => Self::from(InternalError).because(error),
        }
    }
}

impl From<HashingError> for Problem {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Overloaded { retry_after } => Self::from(TooManyLogins).retry_after(retry_after),
            HashingError::Failed(_) => Self::from(InternalError).because(error),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::from(TooManyRequests).retry_after(refused.retry_after)
    }
}

impl From<MailboxError> for Problem {
    fn from(error: MailboxError) -> Self {
        Self::from(InternalError).because(error)
    }
}

impl From<Changed> for Problem {
    fn from(_: Changed) -> Self {
        ResourceChanged.into()
    }
}
