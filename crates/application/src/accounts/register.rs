use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        AccountStatus, AccountUnit, Email, Group, HashingError, LinkKind, NewUser, Password, Reregistration,
        User,
    },
    rate_limit::Refused,
    store::StoreError,
};

use super::{AccountMessage, Accounts, limits::EmailKind};

/// Command to register an account.
#[derive(Clone, Debug)]
pub struct RegisterAccount {
    /// Email address, not confirmed yet.
    pub email: Email,
    /// Password of the account.
    pub password: Password,
    /// IP address of the client, if known.
    pub client: Option<IpAddr>,
}

/// Result of [`register`].
#[derive(Clone, Debug)]
pub enum Registered {
    /// The account is pending activation.
    Pending(User),
    /// Accounts are hidden: only an email reports the outcome.
    Hidden,
}

/// Error of [`register`].
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The address has an active or deactivated account, or was registered less than a minute ago.
    #[error("A user with this email {0} already exists.")]
    EmailTaken(Email),
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

/// Creates a pending account and enqueues the email with its activation link. Account, token and outbox message are
/// committed together, so every acknowledged registration has its email.
///
/// An address that was registered but never activated has no owner yet. Another registration of it is stored beside the
/// earlier ones with its own password, and the link that is used first decides.
///
/// If accounts are hidden, the result does not show whether the address has an account; an existing owner is notified by
/// email.
pub async fn register(accounts: &Accounts, command: RegisterAccount) -> Result<Registered, RegisterError> {
    let RegisterAccount { email, password, client } = command;
    accounts.limits.email(EmailKind::Registration, &email, client).await?;
    let hidden = accounts.settings.hide_accounts;
    // The unique index decides. The first check prevents requests that wait for an unavailable store from holding
    // hashing permits; the second one saves the hash for an address that was taken during the wait for a permit. If
    // accounts are hidden, every address costs the same.
    let is_taken = async || {
        let known = accounts.queries.user_by_email(&email).await?;
        let now = accounts.clock.now();
        Ok::<_, StoreError>(known.is_some_and(|user| !hidden && !user.may_be_registered_again(now)))
    };
    if is_taken().await? {
        return Err(RegisterError::EmailTaken(email));
    }
    let permit = accounts.hasher.acquire().await?;
    if is_taken().await? {
        return Err(RegisterError::EmailTaken(email));
    }
    let password_hash = permit.hash(&password).await?;
    drop(permit);

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let new_user =
        NewUser { email, password_hash, group: Group::User, status: AccountStatus::Pending, created_at: now };
    let pending = match unit.users().add(&new_user).await {
        Ok(user) => {
            let password = Some(new_user.password_hash);
            accounts.send_link(&*unit, LinkKind::Activation, user.id, password, now).await?;
            Some(user)
        }
        Err(StoreError::Conflict) => accounts.register_again(&*unit, &new_user, now).await?,
        Err(error) => return Err(error.into()),
    };
    match (pending, hidden) {
        (Some(user), false) => {
            unit.commit().await?;
            Ok(Registered::Pending(user))
        }
        (None, false) => Err(RegisterError::EmailTaken(new_user.email)),
        (_, true) => {
            unit.commit().await?;
            Ok(Registered::Hidden)
        }
    }
}

impl Accounts {
    /// Records another registration of an address that has an account; returns the account if it is still pending.
    async fn register_again(
        &self,
        unit: &dyn AccountUnit,
        again: &NewUser,
        now: DateTime<Utc>,
    ) -> Result<Option<User>, StoreError> {
        let known = unit.users().lock_by_email(&again.email).await?;
        let mut user =
            known.ok_or_else(|| StoreError::Unavailable("the account was removed meanwhile".into()))?;
        let outcome = user.register_again(now, self.settings.hide_accounts);
        match outcome {
            Reregistration::TooSoon => return Ok(None),
            Reregistration::Pending => {
                // Earlier registrations expire once none of their links is valid.
                let live = unit.link_tokens().live(LinkKind::Activation, user.id).await?;
                if live.is_none_or(|token| token.expires_at <= now) {
                    user.password_hash = again.password_hash.clone();
                }
            }
            Reregistration::Owned => {}
        }
        unit.users().save(&user).await?;
        if outcome == Reregistration::Pending {
            let password = Some(again.password_hash.clone());
            self.send_link(unit, LinkKind::Activation, user.id, password, now).await?;
            return Ok(Some(user));
        }
        if user.status.is_active() {
            unit.outbox().post(AccountMessage::SendAlreadyRegistered(user.id).into()).await?;
        }
        Ok(None)
    }
}
