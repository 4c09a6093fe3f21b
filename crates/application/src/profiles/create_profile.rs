use domain::{
    accounts::{User, UserId},
    profiles::{AvatarKey, ProcessedAvatar, Profile, ProfileChange},
    store::StoreError,
};

use super::{ProfileError, Profiles, may_create};

/// Creates the profile of an account. The picture is uploaded before the profile is committed, and is removed again if the
/// profile is not.
pub async fn create_profile(
    profiles: &Profiles,
    caller: &User,
    user: UserId,
    change: ProfileChange,
    avatar: Option<ProcessedAvatar>,
) -> Result<Profile, ProfileError> {
    may_create(profiles, caller, user).await?;
    let key = profiles.upload(avatar.as_ref()).await?;
    let outcome = add(profiles, user, &change, key.as_ref()).await;
    // With these errors it is certain that no profile refers to the picture.
    if let (Some(key), Err(ProfileError::AlreadyExists | ProfileError::UserNotActive)) = (&key, &outcome) {
        profiles.discard(key).await;
    }
    outcome
}

async fn add(
    profiles: &Profiles,
    user: UserId,
    change: &ProfileChange,
    avatar: Option<&AvatarKey>,
) -> Result<Profile, ProfileError> {
    let unit = profiles.store.begin().await?;
    let account = unit.users().lock(user).await?;
    account.filter(|account| account.status.is_active()).ok_or(ProfileError::UserNotActive)?;
    let profile = match unit.profiles().add(user, change, avatar).await {
        Err(StoreError::Conflict) => return Err(ProfileError::AlreadyExists),
        other => other?,
    };
    profiles.commit_with(unit, avatar).await?;
    Ok(profile)
}
