use domain::{
    accounts::UserId,
    ports::{StoreError, UnitOfWork},
};

use super::AdministrationError;

/// Refuses to take away the last active administrator. All of them are held until the unit of work ends, so two who take
/// away each other come one after the other, and the second one is refused.
pub(super) async fn require_another_admin(
    unit: &dyn UnitOfWork,
    without: UserId,
) -> Result<(), AdministrationError> {
    let admins: Result<Vec<UserId>, StoreError> = unit.users().lock_active_admins_and(without).await;
    let admins = admins?;
    if admins.contains(&without) && admins.len() == 1 { Err(AdministrationError::LastAdmin) } else { Ok(()) }
}
