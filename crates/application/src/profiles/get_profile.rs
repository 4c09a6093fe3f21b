use domain::{
    accounts::{User, UserId},
    profiles::Profile,
    store::StoreError,
};

use super::{ProfileError, Profiles, access::is_owner_or_staff};

/// Returns the fields of a profile that the caller may see; its owner and the staff see all of them.
pub async fn get_profile(profiles: &Profiles, caller: &User, user: UserId) -> Result<Profile, ProfileError> {
    let profile = profiles.queries.profile(user).await?.ok_or(ProfileError::NotFound)?;
    Ok(if is_owner_or_staff(caller, user) { profile } else { profile.public_view() })
}

/// Returns the caller's own profile, if they have one.
pub async fn profile_of(profiles: &Profiles, caller: &User) -> Result<Option<Profile>, StoreError> {
    profiles.queries.profile(caller.id).await
}
