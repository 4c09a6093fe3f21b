use std::net::IpAddr;

use domain::{
    accounts::{
        AccountStatus, ActivationError, ClientNetwork, Email, HashingError, LinkKind, MailedToken,
        PasswordAttempt, TokenDigest, UserId, Verdict,
    },
    rate_limit::Refused,
    store::StoreError,
};

use super::{AccountMessage, Accounts};

/// Command to activate an account with the token from an activation email.
#[derive(Clone, Debug)]
pub struct ActivateAccount {
    /// Email address from the link.
    pub email: Email,
    /// Token from the link.
    pub token: MailedToken,
    /// Password of the registration; required if several registrations of the address are pending.
    pub password: Option<PasswordAttempt>,
    /// IP address of the client, if known.
    pub client: Option<IpAddr>,
}

/// Result of [`activate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activated {
    /// Whether the account has a password; if not, its owner has to set one.
    pub has_password: bool,
}

/// Error of [`activate`].
#[derive(Debug, thiserror::Error)]
pub enum ActivateError {
    /// The account does not exist or is deactivated, or the token is wrong, used or expired.
    #[error("Invalid or expired activation token.")]
    InvalidToken,
    /// The account is already active.
    #[error("User account is already active.")]
    AlreadyActive,
    /// The address was registered several times, and the password is missing or does not match this registration.
    #[error("Confirm the password you registered with.")]
    ConfirmPassword,
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

/// Consumes an activation token, activates its account with the password stored with the token, and enqueues an email to
/// the owner.
///
/// If several registrations of the address are pending, the link alone does not prove that its registration is the owner's:
/// a stranger may have registered the address, and the owner may open the stranger's link. The password proves it, so it is
/// required.
pub async fn activate(accounts: &Accounts, command: ActivateAccount) -> Result<Activated, ActivateError> {
    let now = accounts.clock.now();
    let digest = accounts.mail_tokens.digest(&command.token);
    // A caller without the mailed token learns nothing about the account, not even that it is active.
    let holder = accounts.queries.link_holder(LinkKind::Activation, &command.email, digest).await?;
    let holder = holder.ok_or(ActivateError::InvalidToken)?;
    let is_confirmed = confirm_password(accounts, holder, digest, command.password.as_ref()).await?;
    let unit = accounts.store.begin().await?;
    let mut user = unit.users().lock(holder).await?.ok_or(ActivateError::InvalidToken)?;
    let has_rivals = user.has_rival_registrations();
    match user.activate(now) {
        Ok(()) => {}
        Err(ActivationError::AlreadyActive) => return Err(ActivateError::AlreadyActive),
        Err(ActivationError::Deactivated) => return Err(ActivateError::InvalidToken),
    }
    if !unit.link_tokens().consume(LinkKind::Activation, user.id, digest, now).await? {
        return Err(ActivateError::InvalidToken);
    }
    if let Some(chosen) = unit.link_tokens().chosen_password(user.id, digest).await? {
        // Another registration may have arrived since the password was checked.
        if has_rivals && !is_confirmed && !chosen.is_none() {
            return Err(ActivateError::ConfirmPassword);
        }
        user.password_hash = chosen;
    }
    unit.users().save(&user).await?;
    if let Some(client) = command.client {
        unit.users().remember_network(user.id, ClientNetwork::of(client), now).await?;
    }
    unit.outbox().post(AccountMessage::SendActivated(user.id).into()).await?;
    unit.commit().await?;
    Ok(Activated { has_password: !user.password_hash.is_none() })
}

/// Returns whether the caller proved that they know the password of the registration. The password is not checked if only
/// one registration is pending or the token sets no password.
async fn confirm_password(
    accounts: &Accounts,
    holder: UserId,
    digest: TokenDigest,
    password: Option<&PasswordAttempt>,
) -> Result<bool, ActivateError> {
    let user = accounts.queries.user(holder).await?;
    if !user.is_some_and(|user| user.status == AccountStatus::Pending && user.has_rival_registrations()) {
        return Ok(false);
    }
    let chosen = accounts.queries.chosen_password(digest, accounts.clock.now()).await?;
    let Some(chosen) = chosen.filter(|hash| !hash.is_none()) else { return Ok(false) };
    let password = password.ok_or(ActivateError::ConfirmPassword)?;
    let attempt = accounts.limits.own_password(holder).await?;
    let verdict = async { accounts.hasher.acquire().await?.verify(password, Some(&chosen)).await }.await;
    if matches!(verdict, Ok(Verdict::Wrong)) {
        return Err(ActivateError::ConfirmPassword);
    }
    attempt.refund().await;
    verdict?;
    Ok(true)
}
