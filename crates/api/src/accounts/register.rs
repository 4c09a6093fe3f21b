use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use application::accounts::{RegisterAccount, Registered, register as register_account};
use deserr::Deserr;
use domain::accounts::{Email, Password};
use serde::Serialize;
use utoipa::ToSchema;

use super::problems;
use crate::{
    http::{Client, Field, HandlerResult, Invalid, Json, Message},
    services::Services,
};

/// Email address and password of a new account.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// Email address that receives the activation link; case is ignored.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Field<Email>,
    /// At least 8 characters and at most 71 bytes, with an upper-case and a lower-case character, a digit and one of
    /// `@ $ ! % * ? # &`; no NUL character.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 71,
        pattern = r"^(?=.*\p{Uppercase})(?=.*\p{Lowercase})(?=.*\p{Nd})(?=.*[@$!%*?#&])[^\u0000]+$")]
    password: Field<Password>,
}

/// Response to every registration if accounts are hidden.
const HIDDEN: &str = "You will receive an email with instructions.";

/// A new account that is pending activation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Registered)]
pub(crate) struct Reply {
    /// Identifier of the account.
    id: i64,
    /// Email address, in lower case.
    #[schema(format = Email)]
    email: String,
}

/// Register an account
///
/// Creates a pending account and sends an email with the link that activates it. An address that was never activated can be
/// registered again after a minute, with another password; the link that is used first decides which registration counts.
/// If the operator hides accounts (`HIDE_ACCOUNTS`), the response is always 202, and the owner of an existing account is
/// notified by email.
#[utoipa::path(
    request_body(content = Registration, example = json!({"email": "ann@example.com", "password": "StrongPass1!"})),
    responses(
        (status = 201, description = "The account is registered; the email with the activation link is enqueued.", body = Reply,
            example = json!({"id": 7, "email": "ann@example.com"})),
        (status = 202, description = "The registration is accepted; only if the operator hides accounts.", body = Message,
            example = json!({"message": "You will receive an email with instructions."})),
        problems::JsonBody, problems::EmailTaken, problems::TooManyRequests, problems::Always,
    ),
    security(()),
)]
#[post("/register")]
pub(crate) async fn register(
    services: Data<Services>,
    client: Client,
    body: Json<Registration>,
) -> HandlerResult {
    let Json(Registration { email, password }) = body;
    let command = RegisterAccount { email: email.0, password: password.0, client: client.0 };
    Ok(match register_account(&services.accounts, command).await? {
        Registered::Pending(user) => {
            HttpResponse::Created().json(Reply { id: user.id.0, email: user.email.to_string() })
        }
        Registered::Hidden => Message::reply(StatusCode::ACCEPTED, HIDDEN),
    })
}
