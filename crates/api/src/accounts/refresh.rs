use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use application::accounts::refresh as refresh_session;
use deserr::Deserr;
use utoipa::ToSchema;

use super::token_pair::Tokens;
use crate::{
    documentation::problems,
    http::{body::Json, field::Field, invalid::Invalid, problem::Problem},
    services::Services,
};

/// A refresh token.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
#[schema(as = RefreshToken)]
pub(crate) struct Body {
    /// The token, as it was given.
    #[schema(value_type = String, max_length = 4096)]
    pub(super) refresh_token: Field<String>,
}

/// Refresh a session
///
/// Takes a refresh token in exchange for the next pair of tokens. A token works once; the token before it gets
/// the same refresh token again for 30 seconds, and any other used token ends the session (RFC 9700).
#[utoipa::path(
    operation_id = "refresh",
    tag = "Accounts",
    request_body(content = Body, example = json!({"refresh_token": "eyJ0eXAiOiJKV1Qi…"})),
    responses(
        (status = 200, description = "The next pair.", body = Tokens, example = json!({
            "access_token": "eyJ0eXAiOiJKV1Qi…", "refresh_token": "eyJ0eXAiOiJKV1Qi…", "token_type": "bearer",
            "expires_in": 900})),
        problems::JsonBody, problems::Refresh, problems::Always,
    ),
    security(()),
)]
#[post("/refresh")]
pub(crate) async fn refresh(services: Data<Services>, body: Json<Body>) -> Result<HttpResponse, Problem> {
    let pair = refresh_session(&services.accounts, &body.0.refresh_token.0).await?;
    Ok(Tokens::reply(StatusCode::OK, pair))
}
