use domain::{
    accounts::{Refreshed, SessionEnded, TokenError},
    rate_limit::Refused,
    store::StoreError,
};

use super::{Accounts, TokenPair};

/// Error of [`refresh`].
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The token is not a valid refresh token or has expired.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token is valid, but its session does not exist or has ended.
    #[error("Refresh token not found.")]
    NotFound,
    /// See [`Refused`].
    #[error(transparent)]
    TooMany(#[from] Refused),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Exchanges a refresh token for the next pair of tokens (RFC 9700, 4.14.2). The previous token returns the same
/// refresh token again for 30 seconds; any other used token ends its session, and no other session.
pub async fn refresh(accounts: &Accounts, token: &str) -> Result<TokenPair, RefreshError> {
    let now = accounts.clock.now();
    let claims = accounts.session_tokens.read_refresh(token, now)?;
    accounts.limits.refresh(claims.family).await?;
    let unit = accounts.store.begin().await?;
    // The account is always locked before the session, which prevents deadlocks.
    let user = unit.users().lock(claims.user_id).await?.ok_or(RefreshError::NotFound)?;
    let mut session = unit.sessions().lock(claims.family).await?.ok_or(RefreshError::NotFound)?;
    let current = user.status.is_active() && session.token_version == user.token_version;
    if session.user_id != user.id || !current {
        return Err(RefreshError::NotFound);
    }
    match session.refresh(claims.generation, now, accounts.settings.session.idle) {
        Ok(Refreshed::Rotated) => unit.sessions().save(&session).await?,
        Ok(Refreshed::SameSuccessor) => {}
        Err(SessionEnded::Reused) => {
            tracing::warn!(
                user_id = user.id.0,
                session_id = session.id.0,
                "refresh token reuse detected; session ended"
            );
            unit.sessions().save(&session).await?;
            unit.commit().await?;
            return Err(RefreshError::NotFound);
        }
        Err(SessionEnded::Over | SessionEnded::NeverIssued) => return Err(RefreshError::NotFound),
    }
    unit.commit().await?;
    Ok(accounts.tokens_of(&session, now))
}
