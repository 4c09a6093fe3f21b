use domain::{
    accounts::{User, UserId},
    profiles::{ProcessedAvatar, Profile, ProfileChange},
};

use super::{ProfileError, Profiles, update_profile};
use crate::precondition::Precondition;

/// Sets or replaces the picture of a profile.
pub async fn set_avatar(
    profiles: &Profiles,
    caller: &User,
    user: UserId,
    avatar: ProcessedAvatar,
    expected: Precondition<'_, Profile>,
) -> Result<Profile, ProfileError> {
    update_profile(profiles, caller, user, ProfileChange::default(), Some(avatar), expected).await
}
