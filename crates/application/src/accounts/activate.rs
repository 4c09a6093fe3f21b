use std::net::IpAddr;

use domain::{
    accounts::{
        AccountStatus, ActivationError, ClientNetwork, Email, LinkKind, MailedToken, PasswordAttempt,
        PasswordHash, TokenDigest, UserId,
    },
    outbox::Message,
    ports::{HashingError, Refused, StoreError, Verdict},
};

use super::Accounts;

/// Somebody followed the link of their activation mail.
#[derive(Clone, Debug)]
pub struct ActivateAccount {
    /// The address that the link names.
    pub email: Email,
    /// The token that the link carries.
    pub token: MailedToken,
    /// The password of the registration, needed where several registrations of the address wait.
    pub password: Option<PasswordAttempt>,
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
    /// The address was registered several times, and the password is missing or not the one of this registration.
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

/// Uses up an activation token, activates its account with the password that was chosen when this link was ordered, and
/// mails the owner that it is done.
///
/// Where several registrations of the address wait, the link alone does not show whose registration it confirms: a stranger
/// may have registered the owner's address, and the owner opens the stranger's link. The password does, so it is asked for.
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
        // Another registration may have come since the password was checked.
        if has_rivals && !is_confirmed && !chosen.is_none() {
            return Err(ActivateError::ConfirmPassword);
        }
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

/// Whether the caller showed that they know the password of the registration. It is not checked where one registration
/// waits alone, or where the link chooses no password.
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
    let verdict = verify(accounts, password, &chosen).await;
    if matches!(verdict, Ok(Verdict::Wrong)) {
        return Err(ActivateError::ConfirmPassword);
    }
    attempt.refund().await;
    verdict?;
    Ok(true)
}

async fn verify(
    accounts: &Accounts,
    password: &PasswordAttempt,
    hash: &PasswordHash,
) -> Result<Verdict, HashingError> {
    accounts.hasher.admit().await?.verify(password, Some(hash)).await
}
