use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    accounts::{AccountStatus, Email, Group, LinkKind, NewUser, Password, User},
    ports::{HashingError, StoreError},
};

use super::Accounts;

/// Why there is no administrator.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// See [`HashingError`].
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What granting came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantedAdmin {
    /// There was no such account; now there is.
    Created,
    /// The account was there; it is an active administrator with the given password now, and logged out everywhere.
    Promoted,
}

/// What the first start came to.
#[derive(Clone, Debug)]
pub enum FirstAdmin {
    /// There is an administrator already.
    Present,
    /// There was none; this one was made.
    Created {
        /// The password it was made with.
        password: Password,
    },
}

/// Makes the account of this address an active administrator with this password, whether it exists or not.
///
/// # Errors
///
/// [`AdminError`].
pub async fn grant_admin(
    accounts: &Accounts,
    email: Email,
    password: &Password,
) -> Result<GrantedAdmin, AdminError> {
    let granted = make_admin(accounts, email, password, false).await?;
    Ok(granted.unwrap_or(GrantedAdmin::Promoted))
}

/// Makes the first administrator where there is none, with the given password or a drawn one.
///
/// # Errors
///
/// [`AdminError`].
pub async fn ensure_first_admin(
    accounts: &Accounts,
    email: Email,
    password: Option<Password>,
) -> Result<FirstAdmin, AdminError> {
    if accounts.queries.has_admin().await? {
        return Ok(FirstAdmin::Present);
    }
    let password = password.unwrap_or_else(|| draw_password(accounts));
    match make_admin(accounts, email, &password, true).await {
        Ok(Some(_)) => Ok(FirstAdmin::Created { password }),
        // Another process was faster; its password is the one that counts.
        Ok(None) | Err(AdminError::Store(StoreError::Conflict)) => Ok(FirstAdmin::Present),
        Err(error) => Err(error),
    }
}

/// A password with 128 random bits that keeps every rule whatever the bits are.
#[must_use]
pub fn draw_password(accounts: &Accounts) -> Password {
    loop {
        let text = format!("{}-Aa1!", URL_SAFE_NO_PAD.encode(accounts.randomness.bits128()));
        if let Ok(password) = Password::parse(&text) {
            return password;
        }
    }
}

/// Makes the account an administrator; one that is an administrator already is left as it is where `keep_existing`.
async fn make_admin(
    accounts: &Accounts,
    email: Email,
    password: &Password,
    keep_existing: bool,
) -> Result<Option<GrantedAdmin>, AdminError> {
    let password_hash = accounts.hasher.admit().await?.hash(password).await?;
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
        Some(user) if keep_existing && user.group == Group::Admin => return Ok(None),
        Some(user) => {
            let token_version = user.token_version + 1;
            let user = User {
                password_hash: new.password_hash,
                group: new.group,
                status: new.status,
                token_version,
                ..user
            };
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
