use std::net::IpAddr;

use domain::{
    accounts::{ClientNetwork, LinkKind, Password, PasswordAttempt},
    outbox::Message,
    ports::{HashingError, Refused, StoreError, Verdict},
};

use super::{Accounts, Caller};

/// Somebody who is logged in wants another password.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The password they have.
    pub old: PasswordAttempt,
    /// The password they want.
    pub new: Password,
    /// From where.
    pub client: Option<IpAddr>,
}

/// Why the password stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The old password is wrong.
    #[error("Old password is incorrect.")]
    WrongPassword,
    /// The caller's session ended meanwhile.
    #[error("Invalid token.")]
    SessionEnded,
    /// See [`Refused`].
    #[error(transparent)]
    TooMany(#[from] Refused),
    /// See [`HashingError`].
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives the caller another password and tells them so by mail. Every other session ends, and with it every access token;
/// the caller's own session goes on with its next refresh. A reset that was asked for before is no good any more.
///
/// # Errors
///
/// [`ChangePasswordError`]; nothing was changed then.
pub async fn change_password(
    accounts: &Accounts,
    caller: &Caller,
    command: ChangePassword,
) -> Result<(), ChangePasswordError> {
    // Who stole a session must not find out the password with it.
    let attempt = accounts.limits.own_password(caller.user.id).await?;
    let outcome = check_and_change(accounts, caller, command).await;
    if !matches!(outcome, Err(ChangePasswordError::WrongPassword)) {
        attempt.refund().await;
    }
    outcome
}

async fn check_and_change(
    accounts: &Accounts,
    caller: &Caller,
    command: ChangePassword,
) -> Result<(), ChangePasswordError> {
    let slot = accounts.hasher.admit().await?;
    if slot.verify(&command.old, Some(&caller.user.password_hash)).await? == Verdict::Wrong {
        return Err(ChangePasswordError::WrongPassword);
    }
    let hash = slot.hash(&command.new).await?;
    drop(slot);

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    // Whoever changed the account meanwhile was first: the password that was checked may be no longer the old one.
    let mut user = unit.users().lock(caller.user.id).await?.ok_or(ChangePasswordError::SessionEnded)?;
    if user.token_version != caller.user.token_version {
        let same_password = user.password_hash == caller.user.password_hash;
        return Err(if same_password {
            ChangePasswordError::SessionEnded
        } else {
            ChangePasswordError::WrongPassword
        });
    }
    let session = unit.sessions().lock(caller.session.family).await?;
    let mut session =
        session.filter(|session| session.is_live(now)).ok_or(ChangePasswordError::SessionEnded)?;
    user.set_password(hash);
    unit.users().save(&user).await?;
    // Whoever knew the old password may have logged in from anywhere.
    unit.users().forget_networks(user.id).await?;
    if let Some(client) = command.client {
        unit.users().remember_network(user.id, ClientNetwork::of(client), now).await?;
    }
    session.token_version = user.token_version;
    unit.sessions().save(&session).await?;
    unit.link_tokens().revoke(LinkKind::PasswordReset, user.id).await?;
    unit.outbox().post(Message::SendPasswordChanged(user.id)).await?;
    unit.commit().await?;
    Ok(())
}
