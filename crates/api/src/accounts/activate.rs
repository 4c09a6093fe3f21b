use actix_web::{post, web::Data};
use application::accounts::{ActivateAccount, activate as activate_account};
use deserr::Deserr;
use domain::accounts::{Email, MailedToken, PasswordAttempt};
use utoipa::ToSchema;

use super::problems;
use crate::{
    http::{Client, Field, HandlerResult, Invalid, Json, Message},
    services::Services,
};

/// Data from the link of an activation email.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activation {
    /// Email address that was registered.
    #[schema(value_type = String, format = Email, max_length = 254)]
    pub(crate) email: Field<Email>,
    /// Token from the activation email; valid once.
    #[schema(value_type = String, max_length = 4096)]
    pub(crate) token: Field<MailedToken>,
    /// Password chosen at registration. Required if several registrations of the address are pending.
    #[deserr(default)]
    #[schema(value_type = String, format = Password, required = false)]
    pub(crate) password: Option<Field<PasswordAttempt>>,
}

impl Activation {
    pub(crate) fn command(self, client: Client) -> ActivateAccount {
        let Self { email, token, password } = self;
        let password = password.map(|password| password.0);
        ActivateAccount { email: email.0, token: token.0, password, client: client.0 }
    }
}

/// Activate an account
///
/// Consumes the token of an activation email; afterwards the owner of the account can log in. If the address was registered
/// several times, `password` must be the password of the registration that the token belongs to. A missing or wrong password
/// does not consume the token; wrong passwords are rate limited.
#[utoipa::path(
    request_body(content = Activation,
        example = json!({"email": "ann@example.com", "token": "Vb6sE5v3c0m9b1pV0b8x0S3n3b9G1X2s9rJ6m2q4w8E"})),
    responses(
        (status = 200, description = "The account is active.", body = Message,
            example = json!({"message": "User account activated successfully."})),
        problems::JsonBody, problems::InvalidActivationToken, problems::AlreadyActive,
        problems::ConfirmPassword, problems::TooManyRequests, problems::Always,
    ),
    security(()),
)]
#[post("/activate")]
pub(crate) async fn activate(
    services: Data<Services>,
    client: Client,
    body: Json<Activation>,
) -> HandlerResult {
    activate_account(&services.accounts, body.0.command(client)).await?;
    Ok(Message::ok("User account activated successfully."))
}
