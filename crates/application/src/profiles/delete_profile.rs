use domain::{
    accounts::{User, UserId},
    profiles::Profile,
};

use super::{ProfileError, Profiles, delete_avatar_files, may_change};
use crate::precondition::{Precondition, check};

/// Deletes a profile and its picture if the profile satisfies the precondition.
pub async fn delete_profile(
    profiles: &Profiles,
    caller: &User,
    user: UserId,
    expected: Precondition<'_, Profile>,
) -> Result<(), ProfileError> {
    may_change(caller, user)?;
    let unit = profiles.store.begin().await?;
    let profile = unit.profiles().lock(user).await?.ok_or(ProfileError::NotFound)?;
    check(expected, &profile)?;
    unit.profiles().remove(&profile).await?;
    if let Some(avatar) = profile.avatar {
        unit.outbox().post(delete_avatar_files(&avatar)).await?;
    }
    unit.commit().await?;
    Ok(())
}
