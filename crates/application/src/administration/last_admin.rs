use domain::{
    accounts::{AccountUnit, UserId},
    store::StoreError,
};

use super::AdministrationError;

/// Fails if this account is the last active administrator. All active administrators stay locked until the unit of work
/// ends, so of two administrators who demote each other the second one is refused.
pub(super) async fn require_another_admin(
    unit: &dyn AccountUnit,
    without: UserId,
) -> Result<(), AdministrationError> {
    let admins: Result<Vec<UserId>, StoreError> = unit.users().lock_active_admins_and(without).await;
    let admins = admins?;
    if admins.contains(&without) && admins.len() == 1 { Err(AdministrationError::LastAdmin) } else { Ok(()) }
}
