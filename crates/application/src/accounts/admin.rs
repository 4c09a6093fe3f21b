use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    accounts::{AccountStatus, Email, Group, HashingError, LinkKind, NewUser, Password},
    store::StoreError,
};

use super::Accounts;

/// Error of [`grant_admin`] and [`ensure_first_admin`].
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// See [`HashingError`].
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Result of [`grant_admin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantedAdmin {
    /// The account was created.
    Created,
    /// The account existed; it is now an active administrator with the given password, and its sessions have ended.
    Promoted,
}

/// Result of [`ensure_first_admin`].
#[derive(Clone, Debug)]
pub enum FirstAdmin {
    /// An administrator exists already.
    Present,
    /// There was none; one was created.
    Created {
        /// Password of the created administrator.
        password: Password,
    },
}

/// Makes the account with this email address an active administrator with this password; creates it if missing.
pub async fn grant_admin(
    accounts: &Accounts,
    email: Email,
    password: &Password,
) -> Result<GrantedAdmin, AdminError> {
    let granted = make_admin(accounts, email, password, false).await?;
    Ok(granted.unwrap_or(GrantedAdmin::Promoted))
}

/// Makes the account with this email address the first administrator if there is none, with the given or a random password.
pub async fn ensure_first_admin(
    accounts: &Accounts,
    email: Email,
    password: Option<Password>,
) -> Result<FirstAdmin, AdminError> {
    if accounts.queries.has_admin().await? {
        return Ok(FirstAdmin::Present);
    }
    let password = password.unwrap_or_else(|| generate_password(accounts));
    match make_admin(accounts, email, &password, true).await {
        Ok(Some(_)) => Ok(FirstAdmin::Created { password }),
        // Another process created the administrator first; its password applies.
        Ok(None) | Err(AdminError::Store(StoreError::Conflict)) => Ok(FirstAdmin::Present),
        Err(error) => Err(error),
    }
}

/// Generates a password with 128 random bits that satisfies every password rule.
#[must_use]
pub fn generate_password(accounts: &Accounts) -> Password {
    loop {
        let text = format!("{}-Aa1!", URL_SAFE_NO_PAD.encode(accounts.randomness.bits128()));
        if let Ok(password) = Password::parse(&text) {
            return password;
        }
    }
}

/// Makes the account an administrator. With `skip_if_admin`, returns `None` for an account that already is one.
async fn make_admin(
    accounts: &Accounts,
    email: Email,
    password: &Password,
    skip_if_admin: bool,
) -> Result<Option<GrantedAdmin>, AdminError> {
    let password_hash = accounts.hasher.acquire().await?.hash(password).await?;
    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let new = NewUser {
        email,
        password_hash,
        group: Group::Admin,
        status: AccountStatus::Active { since: now },
        created_at: now,
    };
    let granted = match unit.users().lock_by_email(&new.email).await? {
        None => {
            unit.users().add(&new).await?;
            GrantedAdmin::Created
        }
        Some(user) if skip_if_admin && user.group == Group::Admin => return Ok(None),
        Some(mut user) => {
            user.reactivate(now);
            user.change_group(new.group);
            user.set_password(new.password_hash);
            unit.users().save(&user).await?;
            for kind in LinkKind::ALL {
                unit.link_tokens().revoke(kind, user.id).await?;
            }
            GrantedAdmin::Promoted
        }
    };
    unit.commit().await?;
    Ok(Some(granted))
}
