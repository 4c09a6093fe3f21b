use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use application::accounts::{Login, login as sign_in};
use deserr::Deserr;
use domain::accounts::{Email, PasswordAttempt};
use utoipa::ToSchema;

use super::token_pair::Tokens;
use crate::{
    documentation::problems,
    http::{
        body::{Form, Json},
        field::Field,
        invalid::Invalid,
        origin::Origin,
        problem::Problem,
    },
    services::Services,
};

/// Somebody who wants to sign in.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials)]
pub(crate) struct Body {
    /// The address of the account.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Field<Email>,
    /// The password of the account.
    #[schema(value_type = String, format = Password)]
    password: Field<PasswordAttempt>,
}

/// The same, as OAuth 2 has it (RFC 6749, 4.3.2).
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordGrant)]
pub(crate) struct Grant {
    /// Always `password`.
    #[deserr(rename = "grant_type")]
    #[serde(rename = "grant_type")]
    #[schema(value_type = String, pattern = "^password$")]
    kind: GrantType,
    /// The address of the account.
    #[schema(value_type = String)]
    username: Field<String>,
    /// The password of the account.
    #[schema(value_type = String, format = Password)]
    password: Field<PasswordAttempt>,
    /// Ignored.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    #[expect(dead_code, reason = "OAuth 2 allows it; this service has no scopes")]
    scope: Option<Field<String>>,
    /// Ignored.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    #[expect(dead_code, reason = "OAuth 2 allows it; this service has no clients")]
    client_id: Option<Field<String>>,
    /// Ignored.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    #[expect(dead_code, reason = "OAuth 2 allows it; this service has no clients")]
    client_secret: Option<Field<String>>,
}

#[derive(Debug, Deserr)]
#[deserr(error = Invalid, rename_all = lowercase)]
enum GrantType {
    Password,
}

/// Sign in
///
/// Opens a session. An unknown address and a wrong password answer the same, after the same time.
#[utoipa::path(
    operation_id = "login",
    tag = "Accounts",
    request_body(content = Body, example = json!({"email": "ann@example.com", "password": "StrongPass1!"})),
    responses(
        (status = 201, description = "Signed in.", body = Tokens, example = json!({
            "access_token": "eyJ0eXAiOiJKV1Qi…", "refresh_token": "eyJ0eXAiOiJKV1Qi…", "token_type": "bearer",
            "expires_in": 900})),
        problems::JsonBody, problems::Login, problems::Always,
    ),
    security(()),
)]
#[post("/login")]
pub(crate) async fn login(
    services: Data<Services>,
    origin: Origin,
    body: Json<Body>,
) -> Result<HttpResponse, Problem> {
    let Json(Body { email, password }) = body;
    let command = Login { email: Some(email.0), password: password.0, origin: origin.0 };
    Ok(Tokens::reply(StatusCode::CREATED, sign_in(&services.accounts, command).await?))
}

/// Sign in with a form
///
/// What Swagger UI's *Authorize* button calls: the password grant of OAuth 2.
#[utoipa::path(
    operation_id = "token",
    tag = "Accounts",
    request_body(content = Grant, content_type = "application/x-www-form-urlencoded",
        example = json!({"grant_type": "password", "username": "ann@example.com", "password": "StrongPass1!"})),
    responses(
        (status = 200, description = "Signed in.", body = Tokens, example = json!({
            "access_token": "eyJ0eXAiOiJKV1Qi…", "refresh_token": "eyJ0eXAiOiJKV1Qi…", "token_type": "bearer",
            "expires_in": 900})),
        problems::FormBody, problems::Login, problems::Always,
    ),
    security(()),
)]
#[post("/token")]
pub(crate) async fn token(
    services: Data<Services>,
    origin: Origin,
    body: Form<Grant>,
) -> Result<HttpResponse, Problem> {
    let Form(Grant { kind: GrantType::Password, username, password, .. }) = body;
    // What is no address has no account; it takes the same way to the same answer.
    let command = Login { email: Email::parse(&username.0).ok(), password: password.0, origin: origin.0 };
    Ok(Tokens::reply(StatusCode::OK, sign_in(&services.accounts, command).await?))
}
