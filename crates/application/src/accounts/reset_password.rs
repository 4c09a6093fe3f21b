use std::net::IpAddr;

use domain::{
    accounts::{ClientNetwork, Email, HashingError, LinkKind, MailedToken, Password},
    store::StoreError,
};

use super::{AccountMessage, Accounts};

/// Command to set a new password with the token from a password reset email.
#[derive(Clone, Debug)]
pub struct ResetPassword {
    /// Email address from the link.
    pub email: Email,
    /// Token from the link.
    pub token: MailedToken,
    /// New password.
    pub password: Password,
    /// IP address of the client, if known.
    pub client: Option<IpAddr>,
}

/// Error of [`reset_password`].
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The account does not exist or is not active, or the token is wrong, used or expired.
    #[error("Invalid email or token.")]
    InvalidToken,
    /// See [`HashingError`].
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Consumes a password reset token and sets a new password. Ends every session and notifies the owner by email.
pub async fn reset_password(accounts: &Accounts, command: ResetPassword) -> Result<(), ResetPasswordError> {
    let ResetPassword { email, token, password, client } = command;
    let digest = accounts.mail_tokens.digest(&token);
    // An invalid token costs no hash; of several callers with a valid one, `consume` below lets one succeed.
    let holder = accounts.queries.link_holder(LinkKind::PasswordReset, &email, digest).await?;
    let holder = holder.ok_or(ResetPasswordError::InvalidToken)?;
    let unit = accounts.store.begin().await?;
    let live = unit.link_tokens().live(LinkKind::PasswordReset, holder).await?;
    unit.rollback().await?;
    live.filter(|live| live.digest == digest).ok_or(ResetPasswordError::InvalidToken)?;
    let hash = accounts.hasher.acquire().await?.hash(&password).await?;

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let mut user = unit.users().lock(holder).await?.ok_or(ResetPasswordError::InvalidToken)?;
    let consumed = unit.link_tokens().consume(LinkKind::PasswordReset, user.id, digest, now).await?;
    if !consumed || !user.status.is_active() {
        return Err(ResetPasswordError::InvalidToken);
    }
    user.set_password(hash);
    unit.users().save(&user).await?;
    // The known networks may include one of a person who knew the old password.
    unit.users().forget_networks(user.id).await?;
    if let Some(client) = client {
        unit.users().remember_network(user.id, ClientNetwork::of(client), now).await?;
    }
    unit.outbox().post(AccountMessage::SendPasswordResetDone(user.id).into()).await?;
    unit.commit().await?;
    Ok(())
}
