use domain::{
    accounts::{
        AccountStatus, ClientNetwork, Email, FamilyId, HashingError, NewSession, PasswordAttempt,
        SessionOrigin, Verdict,
    },
    rate_limit::Refused,
    store::StoreError,
};

use super::{Accounts, TokenPair};

/// Command to log in.
#[derive(Clone, Debug)]
pub struct Login {
    /// Email address; `None` if the given text is not a valid address and so matches no account.
    pub email: Option<Email>,
    /// Password to check.
    pub password: PasswordAttempt,
    /// Device and IP address of the client.
    pub origin: SessionOrigin,
}

/// Error of [`login`].
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The account does not exist or the password is wrong; the error does not show which.
    #[error("Invalid email or password.")]
    InvalidCredentials,
    /// The password is right, but the account is not active.
    #[error("User account is not activated.")]
    NotActivated,
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

/// Checks a password and starts a session. An unknown address takes as long as a known one, so the response time does not
/// reveal which addresses have an account. A hash with another cost is recomputed. Attempts are counted before the
/// password is checked, so that concurrent attempts are limited like sequential ones.
pub async fn login(accounts: &Accounts, command: Login) -> Result<TokenPair, LoginError> {
    let queries = &*accounts.queries;
    let attempt = accounts.limits.login(queries, command.email.as_ref(), command.origin.ip).await?;
    let outcome = log_in(accounts, command).await;
    if !matches!(outcome, Err(LoginError::InvalidCredentials)) {
        attempt.refund().await;
    }
    outcome
}

async fn log_in(accounts: &Accounts, command: Login) -> Result<TokenPair, LoginError> {
    let Login { email, password, origin } = command;
    // Read before a hashing permit is acquired: requests that wait for an unavailable store must not hold permits.
    let known = match &email {
        Some(email) => accounts.queries.user_by_email(email).await?,
        None => None,
    };
    let permit = accounts.hasher.acquire().await?;
    let hash = known.as_ref().map(|user| &user.password_hash).filter(|hash| !hash.is_none());
    let verdict = permit.verify(&password, hash).await?;
    let (Some(known), Verdict::Right { outdated }) = (known, verdict) else {
        return Err(LoginError::InvalidCredentials);
    };
    refuse_inactive(accounts, known.status)?;
    let renewed = if outdated { Some(permit.renew(&password).await?) } else { None };
    drop(permit);

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    // After the check, the password may have been changed or the account deactivated; then this login fails.
    // A password change alters the hash and the token version. The hash alone differs if a concurrent login renewed it, the
    // version alone if the sessions were ended.
    let mut user = unit.users().lock(known.id).await?.ok_or(LoginError::InvalidCredentials)?;
    let other_hash = user.password_hash.expose() != known.password_hash.expose();
    if other_hash && user.token_version != known.token_version {
        return Err(LoginError::InvalidCredentials);
    }
    refuse_inactive(accounts, user.status)?;
    if let Some(hash) = renewed {
        user.password_hash = hash;
        unit.users().save(&user).await?;
    }
    if let Some(client) = origin.ip {
        unit.users().remember_network(user.id, ClientNetwork::of(client), now).await?;
    }
    let family = FamilyId(accounts.randomness.bits128());
    let session =
        NewSession::start(user.id, user.token_version, family, origin, now, accounts.settings.session);
    let session = unit.sessions().start(&session).await?;
    unit.commit().await?;
    Ok(accounts.tokens_of(&session, now))
}

/// If accounts are hidden, a pending account fails like a wrong password: otherwise a client could register an address, log
/// in and learn whether the address was free.
fn refuse_inactive(accounts: &Accounts, status: AccountStatus) -> Result<(), LoginError> {
    match status {
        AccountStatus::Active { .. } => Ok(()),
        AccountStatus::Pending if accounts.settings.hide_accounts => Err(LoginError::InvalidCredentials),
        AccountStatus::Pending | AccountStatus::Deactivated { .. } => Err(LoginError::NotActivated),
    }
}
