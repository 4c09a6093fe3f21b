use actix_web::{post, web::Data};
use application::accounts::{self, ChangePassword, ResetPassword};
use deserr::Deserr;
use domain::accounts::{Email, MailedToken, Password, PasswordAttempt};
use utoipa::ToSchema;

use super::problems;
use crate::{
    http::{Auth, Client, Field, HandlerResult, Invalid, Json, Message, User},
    services::Services,
};

/// Data from the link of a password reset email, and the new password.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordReset {
    /// Email address of the account; case is ignored.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Field<Email>,
    /// Token from the password reset email; valid once.
    #[schema(value_type = String, max_length = 4096)]
    token: Field<MailedToken>,
    /// New password; the rules of registration apply.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 71,
        pattern = r"^(?=.*\p{Uppercase})(?=.*\p{Lowercase})(?=.*\p{Nd})(?=.*[@$!%*?#&])[^\u0000]+$")]
    password: Field<Password>,
}

impl PasswordReset {
    pub(crate) fn command(self, client: Client) -> ResetPassword {
        let Self { email, token, password } = self;
        ResetPassword { email: email.0, token: token.0, password: password.0, client: client.0 }
    }
}

/// Current and new password of the caller.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// Current password of the account.
    #[schema(value_type = String, format = Password)]
    old_password: Field<PasswordAttempt>,
    /// New password; the rules of registration apply.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 71,
        pattern = r"^(?=.*\p{Uppercase})(?=.*\p{Lowercase})(?=.*\p{Nd})(?=.*[@$!%*?#&])[^\u0000]+$")]
    new_password: Field<Password>,
}

/// Set a new password
///
/// Consumes the token of a password reset email and sets the password. Every session of the account ends. A wrong token
/// changes nothing and does not consume the valid one.
#[utoipa::path(
    request_body(content = PasswordReset, example = json!({
        "email": "ann@example.com", "token": "Vb6sE5v3c0m9b1pV0b8x0S3n3b9G1X2s9rJ6m2q4w8E", "password": "NewStrong1!"})),
    responses(
        (status = 200, description = "The password is set.", body = Message,
            example = json!({"message": "Password reset successfully."})),
        problems::JsonBody, problems::InvalidResetToken, problems::Always,
    ),
    security(()),
)]
#[post("/reset-password/complete")]
pub(crate) async fn reset_password(
    services: Data<Services>,
    client: Client,
    body: Json<PasswordReset>,
) -> HandlerResult {
    accounts::reset_password(&services.accounts, body.0.command(client)).await?;
    Ok(Message::ok("Password reset successfully."))
}

/// Change my password
///
/// Sets the password and ends all other sessions. This session continues, but its access token is refused as well: get the
/// next one with `POST /api/v1/accounts/refresh`. Wrong old passwords are rate limited.
#[utoipa::path(
    request_body(content = PasswordChange, example = json!({"old_password": "StrongPass1!", "new_password": "NewStrong1!"})),
    responses(
        (status = 200, description = "The password is changed.", body = Message,
            example = json!({"message": "Password changed successfully."})),
        problems::JsonBody, problems::WrongPassword, problems::TooManyRequests, problems::Bearer,
        problems::Always,
    ),
)]
#[post("/change-password")]
pub(crate) async fn change_password(
    auth: Auth<User>,
    services: Data<Services>,
    client: Client,
    body: Json<PasswordChange>,
) -> HandlerResult {
    let Json(PasswordChange { old_password, new_password }) = body;
    let command = ChangePassword { old: old_password.0, new: new_password.0, client: client.0 };
    accounts::change_password(&services.accounts, &auth.caller, command).await?;
    Ok(Message::ok("Password changed successfully."))
}
