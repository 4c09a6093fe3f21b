use domain::{
    accounts::{User, UserId},
    profiles::{AvatarKey, ProcessedAvatar, Profile, ProfileChange},
};

use super::{ProfileError, Profiles, delete_avatar_files, may_change};
use crate::precondition::{Precondition, check};

/// Updates the fields of a profile and, if a new one is given, its picture. The previous picture is removed.
pub async fn update_profile(
    profiles: &Profiles,
    caller: &User,
    user: UserId,
    change: ProfileChange,
    avatar: Option<ProcessedAvatar>,
    expected: Precondition<'_, Profile>,
) -> Result<Profile, ProfileError> {
    may_change(caller, user)?;
    let current = profiles.queries.profile(user).await?.ok_or(ProfileError::NotFound)?;
    // Checked again under the lock; here it prevents an upload that would be discarded.
    check(expected, &current)?;
    let key = profiles.upload(avatar.as_ref()).await?;
    let outcome = apply(profiles, user, change, key.as_ref(), expected).await;
    if let (Some(key), Err(ProfileError::NotFound | ProfileError::Changed(_))) = (&key, &outcome) {
        profiles.discard(key).await;
    }
    outcome
}

async fn apply(
    profiles: &Profiles,
    user: UserId,
    change: ProfileChange,
    avatar: Option<&AvatarKey>,
    expected: Precondition<'_, Profile>,
) -> Result<Profile, ProfileError> {
    let unit = profiles.store.begin().await?;
    let mut profile = unit.profiles().lock(user).await?.ok_or(ProfileError::NotFound)?;
    check(expected, &profile)?;
    profile.take(change);
    if let Some(key) = avatar
        && let Some(old) = profile.avatar.replace(key.clone())
    {
        unit.outbox().post(delete_avatar_files(&old)).await?;
    }
    unit.profiles().save(&profile).await?;
    profiles.commit_with(unit, avatar).await?;
    Ok(profile)
}
