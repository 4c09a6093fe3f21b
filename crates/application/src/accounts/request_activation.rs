use std::net::IpAddr;

use domain::{
    accounts::{AccountStatus, Email, LinkKind, PasswordHash},
    outbox::Message,
    ports::{Refused, StoreError},
};

use super::{Accounts, limits::EmailKind, links::has_cooled_down};

/// Why a letter was not asked for.
#[derive(Debug, thiserror::Error)]
pub enum EmailRequestError {
    /// See [`Refused`].
    #[error(transparent)]
    TooMany(#[from] Refused),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes down that somebody asked for an activation mail to this address. Whether there is such an account, and what
/// state it is in, is looked at later: the answer and the work are the same for every address.
///
/// # Errors
///
/// [`EmailRequestError`].
pub async fn request_activation(
    accounts: &Accounts,
    email: Email,
    client: Option<IpAddr>,
) -> Result<(), EmailRequestError> {
    accounts.limits.email(EmailKind::Activation, &email, client).await?;
    let unit = accounts.store.begin().await?;
    unit.outbox().post(Message::RequestActivation(email)).await?;
    Ok(unit.commit().await?)
}

/// Carries that out: gives an account that waits for its activation a new token and orders its mail, unless it was given
/// one a moment ago. Where its address was registered several times, the account has no password once that link is used:
/// its owner chooses one then.
///
/// # Errors
///
/// [`StoreError`].
pub async fn send_requested_activation(accounts: &Accounts, email: &Email) -> Result<(), StoreError> {
    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let Some(mut user) =
        unit.users().lock_by_email(email).await?.filter(|user| user.status == AccountStatus::Pending)
    else {
        return Ok(());
    };
    let last = unit.link_tokens().live(LinkKind::Activation, user.id).await?;
    if !has_cooled_down(last.as_ref(), now) {
        return Ok(());
    }
    // Whoever asks for a letter does not choose between registrations: only a registration's own link does.
    let password_hash =
        if user.has_rival_registrations() { PasswordHash::none() } else { user.password_hash.clone() };
    // The cleanup must not take an account whose link is on its way, and it looks at the account's row.
    user.last_registered_at = now;
    unit.users().save(&user).await?;
    let token = accounts.issue_activation(&*unit, user.id, password_hash, now).await?;
    unit.outbox().post(Message::SendActivation(token)).await?;
    unit.commit().await
}
