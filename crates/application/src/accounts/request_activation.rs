use std::net::IpAddr;

use domain::{
    accounts::{AccountStatus, Email, LinkKind, PasswordHash},
    rate_limit::Refused,
    store::StoreError,
};

use super::{AccountMessage, Accounts, limits::EmailKind, links::has_cooled_down};

/// Error of [`request_activation`] and `request_password_reset`.
#[derive(Debug, thiserror::Error)]
pub enum EmailRequestError {
    /// See [`Refused`].
    #[error(transparent)]
    TooMany(#[from] Refused),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records a request for an activation email to this address. The outbox job looks the account up later, so the response
/// and the work are the same for every address.
pub async fn request_activation(
    accounts: &Accounts,
    email: Email,
    client: Option<IpAddr>,
) -> Result<(), EmailRequestError> {
    accounts.limits.email(EmailKind::Activation, &email, client).await?;
    let unit = accounts.store.begin().await?;
    unit.outbox().post(AccountMessage::RequestActivation(email).into()).await?;
    Ok(unit.commit().await?)
}

/// Processes such a request: issues a new activation token for a pending account and enqueues its email, unless a token was
/// issued within the cooldown. If the address was registered several times, the account has no password after the
/// activation, and its owner has to set one.
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
    // A requested email does not choose between registrations: only a registration's own link does.
    let password_hash =
        if user.has_rival_registrations() { PasswordHash::none() } else { user.password_hash.clone() };
    // The cleanup reads this timestamp and must not remove an account whose link is being sent.
    user.last_registered_at = now;
    unit.users().save(&user).await?;
    accounts.send_link(&*unit, LinkKind::Activation, user.id, Some(password_hash), now).await?;
    unit.commit().await
}
