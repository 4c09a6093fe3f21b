use domain::{
    accounts::{User, UserId},
    profiles::Profile,
};

use super::{ProfileError, Profiles, delete_avatar_files, may_change};
use crate::precondition::{Precondition, check};

/// Removes the picture of a profile if the profile satisfies the precondition; repeating it succeeds.
pub async fn delete_avatar(
    profiles: &Profiles,
    caller: &User,
    user: UserId,
    expected: Precondition<'_, Profile>,
) -> Result<(), ProfileError> {
    may_change(caller, user)?;
    let unit = profiles.store.begin().await?;
    let mut profile = unit.profiles().lock(user).await?.ok_or(ProfileError::NotFound)?;
    check(expected, &profile)?;
    let Some(old) = profile.avatar.take() else { return Ok(()) };
    unit.profiles().save(&profile).await?;
    unit.outbox().post(delete_avatar_files(&old)).await?;
    unit.commit().await?;
    Ok(())
}
