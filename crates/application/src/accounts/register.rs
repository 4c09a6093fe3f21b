use domain::{
    accounts::{AccountStatus, Email, Group, LinkKind, NewUser, Password, User},
    outbox::Message,
    ports::{HashingError, StoreError},
};

use super::Accounts;

/// Somebody wants an account.
#[derive(Clone, Debug)]
pub struct RegisterAccount {
    /// The address they say is theirs.
    pub email: Email,
    /// The password they chose.
    pub password: Password,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The address has an account.
    #[error("A user with this email {0} already exists.")]
    EmailTaken(Email),
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
/// # Errors
///
/// [`RegisterError`]; nothing was kept then.
pub async fn register(accounts: &Accounts, command: RegisterAccount) -> Result<User, RegisterError> {
    let RegisterAccount { email, password } = command;
    // The unique index decides. The first look keeps a store that is away from filling the hashing budget with callers
    // who wait for it; the second one spares the hash for an address that was taken while we waited.
    let is_taken = async || Ok::<_, StoreError>(accounts.queries.user_by_email(&email).await?.is_some());
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
    let user = match unit.users().add(&new_user).await {
        Err(StoreError::Conflict) => return Err(RegisterError::EmailTaken(new_user.email)),
        other => other?,
    };
    let issued = accounts.issue_link(&*unit, LinkKind::Activation, user.id, now).await?;
    unit.outbox().post(Message::SendActivation(issued)).await?;
    unit.commit().await?;
    Ok(user)
}
