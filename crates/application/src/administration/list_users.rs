use domain::{
    accounts::{User, UserFilter, UserId},
    page::{Page, PageNumber, PageSize, Position},
    ports::StoreError,
};

use crate::accounts::Accounts;

/// Why there is no such part of the list.
#[derive(Debug, thiserror::Error)]
pub enum ListUsersError {
    /// The page lies past the end.
    #[error("No users found.")]
    PastTheEnd,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a part of the list of accounts, the newest id first.
///
/// # Errors
///
/// [`ListUsersError`].
pub async fn list_users(
    accounts: &Accounts,
    filter: &UserFilter,
    position: Position<UserId>,
    size: PageSize,
) -> Result<Page<User>, ListUsersError> {
    let page = accounts.queries.users(filter, position, size).await?;
    match position {
        Position::Page(number) if page.items.is_empty() && number != PageNumber::FIRST => {
            Err(ListUsersError::PastTheEnd)
        }
        _ => Ok(page),
    }
}
