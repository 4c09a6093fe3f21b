use domain::{
    accounts::{User, UserId},
    ports::StoreError,
    profiles::Profile,
};

use super::{ProfileError, Profiles, access::is_owner_or_staff};

/// Reads the profile of an account, as much of it as this caller may see: its owner and the staff see all of it.
///
/// # Errors
///
/// [`ProfileError`].
pub async fn get_profile(profiles: &Profiles, caller: &User, user: UserId) -> Result<Profile, ProfileError> {
    let profile = profiles.queries.profile(user).await?.ok_or(ProfileError::NotFound)?;
    Ok(if is_owner_or_staff(caller, user) { profile } else { profile.for_strangers() })
}

/// Reads the caller's own profile.
///
/// # Errors
///
/// [`ProfileError`].
pub async fn get_own_profile(profiles: &Profiles, caller: &User) -> Result<Profile, ProfileError> {
    get_profile(profiles, caller, caller.id).await
}

/// Reads the caller's own profile, if they have one.
///
/// # Errors
///
/// [`StoreError`].
pub async fn profile_of(profiles: &Profiles, caller: &User) -> Result<Option<Profile>, StoreError> {
    profiles.queries.profile(caller.id).await
}
