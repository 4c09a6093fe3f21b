use domain::{
    accounts::{Session, SessionId, User},
    page::{Page, PageSize, Position},
    store::StoreError,
};

use super::Accounts;
use crate::ListError;

/// Error of [`end_session`].
#[derive(Debug, thiserror::Error)]
pub enum EndSessionError {
    /// The account has no such active session.
    #[error("Session not found.")]
    NotFound,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a page of the account's active sessions, newest first.
pub async fn list_sessions(
    accounts: &Accounts,
    user: &User,
    position: Position<SessionId>,
    size: PageSize,
) -> Result<Page<Session>, ListError> {
    let page = accounts.queries.live_sessions(user, accounts.clock.now(), position, size).await?;
    if page.items.is_empty() && !position.may_be_empty() {
        return Err(ListError::PastTheEnd("sessions"));
    }
    Ok(page)
}

/// Ends one session of an account. A session of another account is not found.
pub async fn end_session(accounts: &Accounts, user: &User, id: SessionId) -> Result<(), EndSessionError> {
    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let found = unit.sessions().lock_by_id(id).await?;
    let own =
        found.filter(|session| session.user_id == user.id && session.token_version == user.token_version);
    let mut session = own.filter(|session| session.is_live(now)).ok_or(EndSessionError::NotFound)?;
    session.end(now);
    unit.sessions().save(&session).await?;
    unit.commit().await?;
    Ok(())
}

/// Ends every session of an account, including the caller's.
pub async fn logout_all(accounts: &Accounts, user: &User) -> Result<(), StoreError> {
    let unit = accounts.store.begin().await?;
    if let Some(mut user) = unit.users().lock(user.id).await? {
        user.end_sessions();
        unit.users().save(&user).await?;
    }
    unit.commit().await
}
