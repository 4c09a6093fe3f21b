use actix_web::{post, web::Data};
use application::accounts::logout as end_session;

use super::{problems, refresh::RefreshToken};
use crate::{
    http::{HandlerResult, Json, Message},
    services::Services,
};

/// Log out
///
/// Ends the session of a refresh token; its access tokens are refused from then on. Logging out again succeeds.
#[utoipa::path(
    request_body(content = RefreshToken, example = json!({"refresh_token": "eyJ0eXAiOiJKV1Qi…"})),
    responses(
        (status = 200, description = "Logged out.", body = Message,
            example = json!({"message": "Successfully logged out."})),
        problems::JsonBody, problems::InvalidLogoutToken, problems::Always,
    ),
    security(()),
)]
#[post("/logout")]
pub(crate) async fn logout(services: Data<Services>, body: Json<RefreshToken>) -> HandlerResult {
    end_session(&services.accounts, &body.0.refresh_token.0).await?;
    Ok(Message::ok("Successfully logged out."))
}
