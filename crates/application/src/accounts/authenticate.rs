use domain::{
    accounts::{Session, TokenError, User},
    store::StoreError,
};

use super::Accounts;

/// Authenticated caller, as currently stored.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Account of the caller.
    pub user: User,
    /// Session of the access token.
    pub session: Session,
}

/// Error of [`authenticate`].
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// The token is not a valid access token or has expired, or its session has ended.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The account was removed or is not active.
    #[error("User not found or not active.")]
    NotActive,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns the account and session of an access token. The claims are checked against the store on each call, so an ended
/// session, a changed password or a changed group takes effect immediately.
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
        .ok_or(TokenError::Invalid)?;
    Ok(Caller { user: found.user, session })
}
