use actix_web::{HttpResponse, post, web::Data};
use application::accounts;
use deserr::Deserr;
use domain::accounts::Email;
use utoipa::ToSchema;

use crate::{
    documentation::problems,
    http::{body::Json, field::Field, invalid::Invalid, origin::Client, problem::Problem, reply::Message},
    services::Services,
};

/// The one answer to everybody who asks for a letter, so that it tells nobody who has an account.
const ANSWER: &str = "If you are registered, you will receive an email with instructions.";

/// Where a letter is asked for.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
#[schema(as = EmailRequest)]
pub(crate) struct Body {
    /// The address of the account.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Field<Email>,
}

/// Ask for another activation mail
///
/// The answer is the same whether there is such an account or not. An account that waits for its activation gets a new
/// link, at most one a minute; the link before it works no more.
#[utoipa::path(
    operation_id = "resend_activation",
    tag = "Accounts",
    request_body(content = Body, example = json!({"email": "ann@example.com"})),
    responses(
        (status = 200, description = "Taken down.", body = Message,
            example = json!({"message": "If you are registered, you will receive an email with instructions."})),
        problems::JsonBody, problems::EmailRequest, problems::Always,
    ),
    security(()),
)]
#[post("/activate/resend")]
pub(crate) async fn resend_activation(
    services: Data<Services>,
    client: Client,
    body: Json<Body>,
) -> Result<HttpResponse, Problem> {
    accounts::request_activation(&services.accounts, body.0.email.0, client.0).await?;
    Ok(Message::ok(ANSWER))
}

/// Ask for a new password
///
/// The answer is the same whether there is such an account or not. An active account gets a link by mail, at most one a
/// minute; the link before it works no more.
#[utoipa::path(
    operation_id = "request_password_reset",
    tag = "Accounts",
    request_body(content = Body, example = json!({"email": "ann@example.com"})),
    responses(
        (status = 200, description = "Taken down.", body = Message,
            example = json!({"message": "If you are registered, you will receive an email with instructions."})),
        problems::JsonBody, problems::EmailRequest, problems::Always,
    ),
    security(()),
)]
#[post("/password-reset/request")]
pub(crate) async fn request_password_reset(
    services: Data<Services>,
    client: Client,
    body: Json<Body>,
) -> Result<HttpResponse, Problem> {
    accounts::request_password_reset(&services.accounts, body.0.email.0, client.0).await?;
    Ok(Message::ok(ANSWER))
}
