use std::net::IpAddr;

use domain::{
    accounts::{ClientNetwork, HashingError, LinkKind, Password, PasswordAttempt, Verdict},
    rate_limit::Refused,
    store::StoreError,
};

use super::{AccountMessage, Accounts, Caller};

/// Command of a logged-in user to change the password.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// Current password.
    pub old: PasswordAttempt,
    /// New password.
    pub new: Password,
    /// IP address of the client, if known.
    pub client: Option<IpAddr>,
}

/// Error of [`change_password`].
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The old password is wrong.
    #[error("Old password is incorrect.")]
    WrongPassword,
    /// The caller's session ended during the request.
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

/// Changes the caller's password and notifies them by email. All other sessions end, all access tokens become invalid, and
/// the caller's own session continues with its next refresh. Password reset tokens are revoked.
pub async fn change_password(
    accounts: &Accounts,
    caller: &Caller,
    command: ChangePassword,
) -> Result<(), ChangePasswordError> {
    // A stolen session must not allow unlimited attempts at the password.
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
    let permit = accounts.hasher.acquire().await?;
    if permit.verify(&command.old, Some(&caller.user.password_hash)).await? == Verdict::Wrong {
        return Err(ChangePasswordError::WrongPassword);
    }
    let hash = permit.hash(&command.new).await?;
    drop(permit);

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    // A concurrent change of the account wins: the checked password may no longer be the current one.
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
    // The known networks may include one of a person who knew the old password.
    unit.users().forget_networks(user.id).await?;
    if let Some(client) = command.client {
        unit.users().remember_network(user.id, ClientNetwork::of(client), now).await?;
    }
    session.token_version = user.token_version;
    unit.sessions().save(&session).await?;
    unit.link_tokens().revoke(LinkKind::PasswordReset, user.id).await?;
    unit.outbox().post(AccountMessage::SendPasswordChanged(user.id).into()).await?;
    unit.commit().await?;
    Ok(())
}
