use domain::ports::StoreError;

use super::Accounts;

/// Why nobody was logged out.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// The token is no refresh token of ours, or its time is over.
    #[error("Failed to logout. Invalid or expired token.")]
    InvalidToken,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends the session of a refresh token, whichever of the session's tokens it is. Ending it again succeeds.
///
/// # Errors
///
/// [`LogoutError`].
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
