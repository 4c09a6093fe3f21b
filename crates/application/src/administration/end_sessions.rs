use domain::accounts::{User, UserId};

use super::AdministrationError;
use crate::{
    accounts::Accounts,
    precondition::{Precondition, check},
};

/// Ends every session of an account if the account satisfies the precondition.
pub async fn end_sessions(
    accounts: &Accounts,
    id: UserId,
    expected: Precondition<'_, User>,
) -> Result<(), AdministrationError> {
    let unit = accounts.store.begin().await?;
    let mut user = unit.users().lock(id).await?.ok_or(AdministrationError::NotFound)?;
    check(expected, &user)?;
    user.end_sessions();
    unit.users().save(&user).await?;
    unit.commit().await?;
    Ok(())
}
