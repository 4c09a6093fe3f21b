use domain::{
    accounts::{User, UserFilter, UserId},
    page::{Page, PageSize, Position},
};

use crate::{ListError, accounts::Accounts};

/// Returns a page of the accounts that match a filter, highest id first.
pub async fn list_users(
    accounts: &Accounts,
    filter: &UserFilter,
    position: Position<UserId>,
    size: PageSize,
) -> Result<Page<User>, ListError> {
    let page = accounts.queries.users(filter, position, size).await?;
    if page.items.is_empty() && !position.may_be_empty() {
        return Err(ListError::PastTheEnd("users"));
    }
    Ok(page)
}
