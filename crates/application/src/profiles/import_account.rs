use domain::{
    accounts::NewUser,
    profiles::{AvatarKey, ProcessedAvatar, ProfileChange},
    store::StoreError,
};

use super::{ProfileError, Profiles};

/// Creates an imported account with its profile and picture, all or nothing. Returns whether the address was free.
pub async fn import_account(
    profiles: &Profiles,
    new: &NewUser,
    change: Option<&ProfileChange>,
    avatar: Option<&ProcessedAvatar>,
) -> Result<bool, ProfileError> {
    let key = profiles.upload(avatar).await?;
    let added = add(profiles, new, change, key.as_ref()).await;
    if let (Some(key), Ok(false)) = (&key, &added) {
        profiles.discard(key).await;
    }
    added
}

async fn add(
    profiles: &Profiles,
    new: &NewUser,
    change: Option<&ProfileChange>,
    avatar: Option<&AvatarKey>,
) -> Result<bool, ProfileError> {
    let unit = profiles.store.begin().await?;
    let user = match unit.users().add(new).await {
        Err(StoreError::Conflict) => return Ok(false),
        other => other?,
    };
    if let Some(change) = change {
        unit.profiles().add(user.id, change, avatar).await?;
    }
    profiles.commit_with(unit, avatar).await?;
    Ok(true)
}
