use domain::accounts::{Group, User, UserId};

use super::{ProfileError, Profiles};

/// Checks whether the caller may create or change the profile of this account: its owner and the staff may.
///
/// Fails with [`ProfileError::Forbidden`].
pub fn may_change(caller: &User, user: UserId) -> Result<(), ProfileError> {
    if is_owner_or_staff(caller, user) { Ok(()) } else { Err(ProfileError::Forbidden) }
}

/// Checks whether the caller may create the profile of this account, before a form with a picture is read. The result may
/// change until the profile is created.
pub async fn may_create(profiles: &Profiles, caller: &User, user: UserId) -> Result<(), ProfileError> {
    may_change(caller, user)?;
    let found = profiles.accounts.user(user).await?;
    found.filter(|user| user.status.is_active()).ok_or(ProfileError::UserNotActive)?;
    match profiles.queries.profile(user).await? {
        Some(_) => Err(ProfileError::AlreadyExists),
        None => Ok(()),
    }
}

pub(super) fn is_owner_or_staff(caller: &User, user: UserId) -> bool {
    caller.id == user || caller.group >= Group::Moderator
}
