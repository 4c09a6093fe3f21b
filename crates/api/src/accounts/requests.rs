use actix_web::{post, web::Data};
use application::accounts;
use deserr::Deserr;
use domain::accounts::Email;
use utoipa::ToSchema;

use super::problems;
use crate::{
    http::{Client, Field, HandlerResult, Invalid, Json, Message},
    services::Services,
};

/// Response to every request for an email; it does not reveal whether the address has an account.
const ANSWER: &str = "If you are registered, you will receive an email with instructions.";

/// Email address of the account whose owner requests an email.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailRequest {
    /// Email address of the account; case is ignored.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Field<Email>,
}

/// Request another activation email
///
/// The response is the same whether the account exists or not. The owner of a pending account receives an email with a new
/// link, at most one per minute; the previous link becomes invalid.
#[utoipa::path(
    request_body(content = EmailRequest, example = json!({"email": "ann@example.com"})),
    responses(
        (status = 200, description = "The request is accepted.", body = Message,
            example = json!({"message": "If you are registered, you will receive an email with instructions."})),
        problems::JsonBody, problems::TooManyRequests, problems::Always,
    ),
    security(()),
)]
#[post("/activate/resend")]
pub(crate) async fn resend_activation(
    services: Data<Services>,
    client: Client,
    body: Json<EmailRequest>,
) -> HandlerResult {
    accounts::request_activation(&services.accounts, body.0.email.0, client.0).await?;
    Ok(Message::ok(ANSWER))
}

/// Request a password reset email
///
/// The response is the same whether the account exists or not. The owner of an active account receives an email with a link
/// to set a new password, at most one per minute; the previous link becomes invalid.
#[utoipa::path(
    request_body(content = EmailRequest, example = json!({"email": "ann@example.com"})),
    responses(
        (status = 200, description = "The request is accepted.", body = Message,
            example = json!({"message": "If you are registered, you will receive an email with instructions."})),
        problems::JsonBody, problems::TooManyRequests, problems::Always,
    ),
    security(()),
)]
#[post("/password-reset/request")]
pub(crate) async fn request_password_reset(
    services: Data<Services>,
    client: Client,
    body: Json<EmailRequest>,
) -> HandlerResult {
    accounts::request_password_reset(&services.accounts, body.0.email.0, client.0).await?;
    Ok(Message::ok(ANSWER))
}
