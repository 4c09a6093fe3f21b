use domain::{
    accounts::{User, UserFilter, UserId},
    page::{Page, PageNumber, PageSize, Position},
    store::StoreError,
};

use crate::accounts::Accounts;

/// Error of [`list_users`].
#[derive(Debug, thiserror::Error)]
pub enum ListUsersError {
    /// The page is past the end of the list.
    #[error("No users found.")]
    PastTheEnd,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a page of the accounts that match a filter, highest id first.
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
