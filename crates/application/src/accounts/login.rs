use domain::{
    accounts::{AccountStatus, ClientNetwork, Email, FamilyId, NewSession, PasswordAttempt, SessionOrigin},
    ports::{HashingError, Refused, StoreError, Verdict},
};

use super::{Accounts, TokenPair, limits::LoginRefused};

/// Somebody wants to log in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The address they gave; `None` where what they gave is no address and so can have no account.
    pub email: Option<Email>,
    /// The password they gave.
    pub password: PasswordAttempt,
    /// From where.
    pub origin: SessionOrigin,
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No such account, or not its password: which of the two is not told.
    #[error("Invalid email or password.")]
    InvalidCredentials,
    /// The password is right, and the account is not active.
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

impl From<LoginRefused> for LoginError {
    fn from(error: LoginRefused) -> Self {
        match error {
            LoginRefused::TooMany(refused) => Self::TooMany(refused),
            LoginRefused::Store(error) => Self::Store(error),
        }
    }
}

/// Checks a password and opens a session. An unknown address costs as much time as a known one, so that the time tells
/// nobody who has an account. A hash of another cost is renewed on the way. Wrong passwords are counted before they are
/// checked, so that a burst of guesses at one moment gets no further than one after the other.
///
/// # Errors
///
/// [`LoginError`]; no session was opened then.
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
    // Read before the budget is entered: a store that is away must not fill it with callers who wait for the store.
    let known = match &email {
        Some(email) => accounts.queries.user_by_email(email).await?,
        None => None,
    };
    let slot = accounts.hasher.admit().await?;
    let hash = known.as_ref().map(|user| &user.password_hash).filter(|hash| !hash.is_none());
    let verdict = slot.verify(&password, hash).await?;
    let (Some(known), Verdict::Right { outdated }) = (known, verdict) else {
        return Err(LoginError::InvalidCredentials);
    };
    refuse_inactive(accounts, known.status)?;
    let renewed = if outdated { Some(slot.renew(&password).await?) } else { None };
    drop(slot);

    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    // Since it was checked the password may have been changed, or the account shut; then this login came too late.
    // A change of it is a new hash and a new version: the hash alone is another when somebody who logged in beside this
    // caller renewed it, the version alone when the sessions were ended.
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

/// Whoever registers an address and logs in would learn from the difference whether it was free, so where accounts are
/// hidden there is none.
fn refuse_inactive(accounts: &Accounts, status: AccountStatus) -> Result<(), LoginError> {
    match status {
        AccountStatus::Active { .. } => Ok(()),
        AccountStatus::Pending if accounts.settings.hide_accounts => Err(LoginError::InvalidCredentials),
        AccountStatus::Pending | AccountStatus::Deactivated { .. } => Err(LoginError::NotActivated),
    }
}
