use domain::{
    accounts::{User, UserId},
    outbox::Message,
};

use super::{ProfileError, Profiles, may_change};

/// Removes a profile with its picture.
///
/// # Errors
///
/// [`ProfileError`]; nothing was removed then.
pub async fn delete_profile(profiles: &Profiles, caller: &User, user: UserId) -> Result<(), ProfileError> {
    may_change(caller, user)?;
    let unit = profiles.store.begin().await?;
    let profile = unit.profiles().lock(user).await?.ok_or(ProfileError::NotFound)?;
    unit.profiles().remove(&profile).await?;
    if let Some(avatar) = profile.avatar {
        unit.outbox().post(Message::DeleteAvatar(avatar)).await?;
    }
    unit.commit().await?;
    Ok(())
}
