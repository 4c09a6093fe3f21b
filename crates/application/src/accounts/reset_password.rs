use std::net::IpAddr;

use domain::{
    accounts::{ClientNetwork, Email, LinkKind, MailedToken, Password},
    outbox::Message,
    ports::{HashingError, StoreError},
};

use super::Accounts;

/// Somebody followed the link of their password reset mail.
#[derive(Clone, Debug)]
pub struct ResetPassword {
    /// The address that the link names.
    pub email: Email,
    /// The token that the link carries.
    pub token: MailedToken,
    /// The password they chose.
    pub password: Password,
    /// From where.
    pub client: Option<IpAddr>,
}

/// Why no password was reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// No such account, or not its token, or a used or expired one.
    #[error("Invalid email or token.")]
    InvalidToken,
    /// See [`HashingError`].
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Uses up a password reset token and gives its account a new password. Every session ends, and the owner is told.
///
/// # Errors
///
/// [`ResetPasswordError`]; nothing was changed then, and a token that still lives goes on living.
pub async fn reset_password(accounts: &Accounts, command: ResetPassword) -> Result<(), ResetPasswordError> {
    let ResetPassword { email, token, password, client } = command;
    let digest = accounts.mail_tokens.digest(&token);
    // A token that is no good costs no hash; which of several callers with a good one wins is decided further down.
    let holder = accounts.queries.link_holder(LinkKind::PasswordReset, &email, digest).await?;
    let holder = holder.ok_or(ResetPasswordError::InvalidToken)?;
    let unit = accounts.store.begin().await?;
    let live = unit.link_tokens().live(LinkKind::PasswordReset, holder).await?;
    unit.rollback().await?;
    live.filter(|live| live.digest == digest).ok_or(ResetPasswordError::InvalidToken)?;
    let hash = accounts.hasher.admit().await?.hash(&password).await?;

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let mut user = unit.users().lock(holder).await?.ok_or(ResetPasswordError::InvalidToken)?;
    let consumed = unit.link_tokens().consume(LinkKind::PasswordReset, user.id, digest, now).await?;
    if !consumed || !user.status.is_active() {
        return Err(ResetPasswordError::InvalidToken);
    }
    user.set_password(hash);
    unit.users().save(&user).await?;
    // Whoever knew the old password may have logged in from anywhere.
    unit.users().forget_networks(user.id).await?;
    if let Some(client) = client {
        unit.users().remember_network(user.id, ClientNetwork::of(client), now).await?;
    }
    unit.outbox().post(Message::SendPasswordResetDone(user.id)).await?;
    unit.commit().await?;
    Ok(())
}
