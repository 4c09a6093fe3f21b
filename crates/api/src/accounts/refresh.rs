use actix_web::{http::StatusCode, post, web::Data};
use application::accounts::refresh as refresh_session;
use deserr::Deserr;
use utoipa::ToSchema;

use super::{problems, token_pair::Tokens};
use crate::{
    http::{Field, HandlerResult, Invalid, Json},
    services::Services,
};

/// Refresh token of a session.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshToken {
    /// Refresh token from the last login or refresh.
    #[schema(value_type = String, max_length = 4096)]
    pub(super) refresh_token: Field<String>,
}

/// Refresh a session
///
/// Exchanges a refresh token for the next pair of tokens. A refresh token is valid once. For 30 seconds the previous one
/// returns the same refresh token again; any other used token ends the session (RFC 9700).
#[utoipa::path(
    request_body(content = RefreshToken, example = json!({"refresh_token": "eyJ0eXAiOiJKV1Qi…"})),
    responses(
        (status = 200, description = "The next pair of tokens.", body = Tokens, example = json!({
            "access_token": "eyJ0eXAiOiJKV1Qi…", "refresh_token": "eyJ0eXAiOiJKV1Qi…", "token_type": "bearer",
            "expires_in": 900})),
        problems::JsonBody, problems::RefreshTokenExpired, problems::InvalidRefreshToken,
        problems::RefreshTokenNotFound, problems::TooManyRequests, problems::Always,
    ),
    security(()),
)]
#[post("/refresh")]
pub(crate) async fn refresh(services: Data<Services>, body: Json<RefreshToken>) -> HandlerResult {
    let pair = refresh_session(&services.accounts, &body.0.refresh_token.0).await?;
    Ok(Tokens::reply(StatusCode::OK, pair))
}
