use domain::{
    accounts::{Session, User},
    ports::{StoreError, TokenError},
};

use super::Accounts;

/// Who is calling, as far as the store knows at this moment.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// The login by which they call.
    pub session: Session,
}

/// Why an access token opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// Its time is over.
    #[error("Token has expired.")]
    Expired,
    /// It is no access token of ours, or its session was ended.
    #[error("Invalid token.")]
    Invalid,
    /// Its account is gone or not active.
    #[error("User not found or not active.")]
    NotActive,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TokenError> for AuthenticateError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::Expired,
            TokenError::Invalid => Self::Invalid,
        }
    }
}

/// Finds out who bears an access token. What the token claims is checked against the store on each call, so a session
/// that was ended, a password that was changed or a group that was taken away counts at once.
///
/// # Errors
///
/// [`AuthenticateError`].
pub async fn authenticate(accounts: &Accounts, token: &str) -> Result<Caller, AuthenticateError> {
    let now = accounts.clock.now();
    let claims = accounts.session_tokens.read_access(token, now)?;
    let found = accounts.queries.authenticated(claims.user_id, claims.family).await?;
    let found = found.filter(|found| found.user.status.is_active()).ok_or(AuthenticateError::NotActive)?;
    let version = found.user.token_version;
    let session = found
        .session
        .filter(|session| session.is_live(now) && session.token_version == version)
        .filter(|_| claims.token_version == version)
        .ok_or(AuthenticateError::Invalid)?;
    Ok(Caller { user: found.user, session })
}
