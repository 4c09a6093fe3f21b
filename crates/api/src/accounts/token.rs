//! The token endpoint of OAuth 2 (RFC 6749, 3.2), for OAuth 2 clients and for the Authorize button of Swagger UI.

use actix_web::{ResponseError as _, http::StatusCode, post, web::Data};
use application::accounts::{Login, LoginError, RefreshError, TokenPair, login, refresh};
use deserr::Deserr;
use domain::accounts::{Email, PasswordAttempt, TokenError};
use utoipa::ToSchema;

use super::{
    problems::{
        self, ExpiredGrant, GrantNotFound, InvalidCredentialsGrant, InvalidRequest, InvalidTokenGrant,
        NotActivatedGrant, UnsupportedGrantType,
    },
    token_pair::Tokens,
};
use crate::{
    documentation::values,
    http::{Field, Form, HandlerResult, Invalid, Origin, Problem},
    services::Services,
};

/// A request for tokens (RFC 6749, 4.3.2 and 6).
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    /// `password` requires `username` and `password`; `refresh_token` requires `refresh_token`.
    #[schema(value_type = values::GrantType)]
    grant_type: Field<String>,
    /// Email address of the user.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    username: Option<Field<String>>,
    /// Password of the user.
    #[deserr(default)]
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Field<PasswordAttempt>>,
    /// Refresh token from the last login or refresh.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 4096)]
    refresh_token: Option<Field<String>>,
    /// Ignored: tokens have no scopes.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    #[expect(dead_code, reason = "OAuth 2 allows it")]
    scope: Option<Field<String>>,
    /// Ignored: clients are not registered.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    #[expect(dead_code, reason = "OAuth 2 allows it")]
    client_id: Option<Field<String>>,
    /// Ignored: clients are not registered.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    #[expect(dead_code, reason = "OAuth 2 allows it")]
    client_secret: Option<Field<String>>,
}

/// Get tokens with OAuth 2
///
/// The token endpoint of RFC 6749: `grant_type=password` creates a session, `grant_type=refresh_token` refreshes one. Errors
/// have `error` and `error_description` (RFC 6749, 5.2) in addition to the members of problem details.
#[utoipa::path(
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded",
        example = json!({"grant_type": "password", "username": "ann@example.com", "password": "StrongPass1!"})),
    responses(
        (status = 200, description = "The tokens of the session.", body = Tokens, example = json!({
            "access_token": "eyJ0eXAiOiJKV1Qi…", "refresh_token": "eyJ0eXAiOiJKV1Qi…", "token_type": "bearer",
            "expires_in": 900})),
        problems::InvalidGrant, problems::UnsupportedGrantType, problems::InvalidRequest, problems::FormBody,
        problems::TooManyRequests, problems::Always,
    ),
    security(()),
)]
#[post("/token")]
pub(crate) async fn token(
    services: Data<Services>,
    origin: Origin,
    form: Result<Form<TokenRequest>, Problem>,
) -> HandlerResult {
    let Form(body) = form.map_err(invalid_request)?;
    let pair = match body.grant_type.0.as_str() {
        "password" => log_in(&services, origin, body).await?,
        "refresh_token" => {
            let token = body.refresh_token.ok_or_else(|| missing("refresh_token"))?;
            refresh(&services.accounts, &token.0).await.map_err(|error| match error {
                RefreshError::Token(TokenError::Expired) => ExpiredGrant.into(),
                RefreshError::Token(TokenError::Invalid) => InvalidTokenGrant.into(),
                RefreshError::NotFound => GrantNotFound.into(),
                RefreshError::TooMany(_) | RefreshError::Store(_) => Problem::from(error),
            })?
        }
        _ => return Err(UnsupportedGrantType.into()),
    };
    Ok(Tokens::reply(StatusCode::OK, pair))
}

async fn log_in(services: &Services, origin: Origin, body: TokenRequest) -> Result<TokenPair, Problem> {
    let username = body.username.ok_or_else(|| missing("username"))?;
    let password = body.password.ok_or_else(|| missing("password"))?;
    // A username that is not an email address has no account; it gets the same response after the same work.
    let command = Login { email: Email::parse(&username.0).ok(), password: password.0, origin: origin.0 };
    login(&services.accounts, command).await.map_err(|error| match error {
        LoginError::InvalidCredentials => InvalidCredentialsGrant.into(),
        LoginError::NotActivated => NotActivatedGrant.into(),
        LoginError::TooMany(_) | LoginError::Hashing(_) | LoginError::Store(_) => error.into(),
    })
}

/// Maps errors of the form's fields to `invalid_request`. A wrong size or media type remains an HTTP error.
fn invalid_request(problem: Problem) -> Problem {
    match problem.status_code() {
        StatusCode::UNPROCESSABLE_ENTITY => {
            let errors = problem.errors().iter();
            let details =
                errors.map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.detail));
            let detail = details.collect::<Vec<_>>().join(" ");
            Problem::from(InvalidRequest).with_detail(detail).with_errors_of(problem)
        }
        _ => problem,
    }
}

fn missing(field: &str) -> Problem {
    Problem::from(InvalidRequest).with_detail(format!("{field} is required."))
}
