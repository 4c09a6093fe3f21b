use domain::accounts::UserId;

use super::AdministrationError;
use crate::accounts::Accounts;

/// Ends every session of an account at once.
///
/// # Errors
///
/// [`AdministrationError`].
pub async fn end_sessions(accounts: &Accounts, id: UserId) -> Result<(), AdministrationError> {
    let unit = accounts.store.begin().await?;
    let mut user = unit.users().lock(id).await?.ok_or(AdministrationError::NotFound)?;
    user.end_sessions();
    unit.users().save(&user).await?;
    unit.commit().await?;
    Ok(())
}
