use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        AccountStatus, Email, Group, LinkKind, NewUser, Password, PasswordHash, Reregistration, User,
    },
    outbox::Message,
    ports::{HashingError, Refused, StoreError, UnitOfWork},
};

use super::{Accounts, limits::EmailKind};

/// Somebody wants an account.
#[derive(Clone, Debug)]
pub struct RegisterAccount {
    /// The address they say is theirs.
    pub email: Email,
    /// The password they chose.
    pub password: Password,
    /// From where.
    pub client: Option<IpAddr>,
}

/// What becomes of a registration.
#[derive(Clone, Debug)]
pub enum Registered {
    /// It waits for its activation.
    Pending(User),
    /// Whatever became of it is told by mail alone.
    Hidden,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The address has an account, or was registered a moment ago.
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

/// Makes a pending account and mails its owner the link that activates it. Account, token and the order to mail are
/// kept together, so a registration that was acknowledged is never without its mail.
///
/// An address that was registered and never activated belongs to nobody yet. Another registration of it waits beside
/// those before it with a password of its own, and whichever link is used first decides.
///
/// Where accounts are hidden, nobody is told whether the address has one: the owner of one that has is told by mail.
///
/// # Errors
///
/// [`RegisterError`]; nothing was kept then.
pub async fn register(accounts: &Accounts, command: RegisterAccount) -> Result<Registered, RegisterError> {
    let RegisterAccount { email, password, client } = command;
    accounts.limits.email(EmailKind::Registration, &email, client).await?;
    let hidden = accounts.settings.hide_accounts;
    // The unique index decides. The first look keeps a store that is away from filling the hashing budget with callers
    // who wait for it; the second one spares the hash for an address that was taken while we waited. Where accounts are
    // hidden, every address costs the same.
    let is_taken = async || {
        let known = accounts.queries.user_by_email(&email).await?;
        let now = accounts.clock.now();
        Ok::<_, StoreError>(known.is_some_and(|user| !hidden && !user.may_be_registered_again(now)))
    };
    if is_taken().await? {
        return Err(RegisterError::EmailTaken(email));
    }
    let slot = accounts.hasher.admit().await?;
    if is_taken().await? {
        return Err(RegisterError::EmailTaken(email));
    }
    let password_hash = slot.hash(&password).await?;
    drop(slot);

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let new_user =
        NewUser { email, password_hash, group: Group::User, status: AccountStatus::Pending, created_at: now };
    let pending = match unit.users().add(&new_user).await {
        Ok(user) => Some(accounts.order_activation(&*unit, user, new_user.password_hash, now).await?),
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
    /// Takes down another registration of an address that has an account: the account, if it is pending still.
    async fn register_again(
        &self,
        unit: &dyn UnitOfWork,
        again: &NewUser,
        now: DateTime<Utc>,
    ) -> Result<Option<User>, StoreError> {
        let known = unit.users().lock_by_email(&again.email).await?;
        let mut user =
            known.ok_or_else(|| StoreError::Unavailable("the account was removed meanwhile".into()))?;
        let outcome = user.register_again(now, self.settings.hide_accounts);
        match outcome {
            Reregistration::TooSoon => return Ok(None),
            Reregistration::Waits => {
                // The registrations before are over once none of their links works any more.
                let live = unit.link_tokens().live(LinkKind::Activation, user.id).await?;
                if live.is_none_or(|token| token.expires_at <= now) {
                    user.password_hash = again.password_hash.clone();
                }
            }
            Reregistration::Owned => {}
        }
        unit.users().save(&user).await?;
        if outcome == Reregistration::Waits {
            return self.order_activation(unit, user, again.password_hash.clone(), now).await.map(Some);
        }
        if user.status.is_active() {
            unit.outbox().post(Message::SendAlreadyRegistered(user.id)).await?;
        }
        Ok(None)
    }

    /// Issues the link of a registration with this password, and orders its letter.
    async fn order_activation(
        &self,
        unit: &dyn UnitOfWork,
        user: User,
        password_hash: PasswordHash,
        now: DateTime<Utc>,
    ) -> Result<User, StoreError> {
        let issued = self.issue_activation(unit, user.id, password_hash, now).await?;
        unit.outbox().post(Message::SendActivation(issued)).await?;
        Ok(user)
    }
}
