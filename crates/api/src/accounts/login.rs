use actix_web::{http::StatusCode, post, web::Data};
use application::accounts::{Login, login as log_in};
use deserr::Deserr;
use domain::accounts::{Email, PasswordAttempt};
use utoipa::ToSchema;

use super::{problems, token_pair::Tokens};
use crate::{
    http::{Field, HandlerResult, Invalid, Json, Origin},
    services::Services,
};

/// Email address and password of an account.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// Email address of the account; case is ignored.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Field<Email>,
    /// Password of the account.
    #[schema(value_type = String, format = Password)]
    password: Field<PasswordAttempt>,
}

/// Log in
///
/// Creates a session and returns its tokens. An unknown email address and a wrong password return the same error in the same
/// time. An account that is not active returns 403, but only for the right password.
#[utoipa::path(
    request_body(content = Credentials, example = json!({"email": "ann@example.com", "password": "StrongPass1!"})),
    responses(
        (status = 201, description = "Logged in.", body = Tokens, example = json!({
            "access_token": "eyJ0eXAiOiJKV1Qi…", "refresh_token": "eyJ0eXAiOiJKV1Qi…", "token_type": "bearer",
            "expires_in": 900})),
        problems::JsonBody, problems::InvalidCredentials, problems::NotActivated, problems::TooManyRequests,
        problems::Always,
    ),
    security(()),
)]
#[post("/login")]
pub(crate) async fn login(
    services: Data<Services>,
    origin: Origin,
    body: Json<Credentials>,
) -> HandlerResult {
    let Json(Credentials { email, password }) = body;
    let command = Login { email: Some(email.0), password: password.0, origin: origin.0 };
    Ok(Tokens::reply(StatusCode::CREATED, log_in(&services.accounts, command).await?))
}
