use std::net::IpAddr;

use domain::{
    accounts::{ActivationError, ClientNetwork, Email, LinkKind, MailedToken},
    outbox::Message,
    ports::StoreError,
};

use super::Accounts;

/// Somebody followed the link of their activation mail.
#[derive(Clone, Debug)]
pub struct ActivateAccount {
    /// The address that the link names.
    pub email: Email,
    /// The token that the link carries.
    pub token: MailedToken,
    /// From where.
    pub client: Option<IpAddr>,
}

/// An account that was activated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activated {
    /// Whether it has a password; otherwise its owner is to choose one.
    pub has_password: bool,
}

/// Why no account was activated.
#[derive(Debug, thiserror::Error)]
pub enum ActivateError {
    /// No such account, or not its token, or a used or expired one.
    #[error("Invalid or expired activation token.")]
    InvalidToken,
    /// The account needs no activation.
    #[error("User account is already active.")]
    AlreadyActive,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Uses up an activation token, activates its account with the password that was chosen when this link was ordered, and
/// mails the owner that it is done.
///
/// # Errors
///
/// [`ActivateError`]; nothing was changed then, and a token that still lives goes on living.
pub async fn activate(accounts: &Accounts, command: ActivateAccount) -> Result<Activated, ActivateError> {
    let now = accounts.clock.now();
    let digest = accounts.mail_tokens.digest(&command.token);
    // Whoever does not hold the mailed token learns nothing of the account, not even that it is active.
    let holder = accounts.queries.link_holder(LinkKind::Activation, &command.email, digest).await?;
    let holder = holder.ok_or(ActivateError::InvalidToken)?;
    let unit = accounts.store.begin().await?;
    let mut user = unit.users().lock(holder).await?.ok_or(ActivateError::InvalidToken)?;
    match user.activate(now) {
        Ok(()) => {}
        Err(ActivationError::AlreadyActive) => return Err(ActivateError::AlreadyActive),
        Err(ActivationError::Deactivated) => return Err(ActivateError::InvalidToken),
    }
    if !unit.link_tokens().consume(LinkKind::Activation, user.id, digest, now).await? {
        return Err(ActivateError::InvalidToken);
    }
    if let Some(chosen) = unit.link_tokens().chosen_password(user.id, digest).await? {
        user.password_hash = chosen;
    }
    unit.users().save(&user).await?;
    if let Some(client) = command.client {
        unit.users().remember_network(user.id, ClientNetwork::of(client), now).await?;
    }
    unit.outbox().post(Message::SendActivated(user.id)).await?;
    unit.commit().await?;
    Ok(Activated { has_password: !user.password_hash.is_none() })
}
