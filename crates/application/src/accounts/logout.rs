use domain::store::StoreError;

use super::Accounts;

/// Error of [`logout`].
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// The token is not a valid refresh token or has expired.
    #[error("Failed to logout. Invalid or expired token.")]
    InvalidToken,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends the session of a refresh token, current or earlier. Repeating it succeeds.
pub async fn logout(accounts: &Accounts, token: &str) -> Result<(), LogoutError> {
    let now = accounts.clock.now();
    let claims = accounts.session_tokens.read_refresh(token, now).map_err(|_| LogoutError::InvalidToken)?;
    let unit = accounts.store.begin().await?;
    let Some(mut session) = unit.sessions().lock(claims.family).await? else { return Ok(()) };
    session.end(now);
    unit.sessions().save(&session).await?;
    unit.commit().await?;
    Ok(())
}
