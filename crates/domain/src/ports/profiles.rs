use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::{
    accounts::UserId,
    profiles::{AvatarKey, Profile, ProfileChange},
};

/// Profiles, inside a unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; others are named where they occur.
#[async_trait]
pub trait ProfileRepository: Send + Sync {
    /// Stores the profile of an account.
    ///
    /// Fails with [`StoreError::Conflict`] when the account has one; the unit of work can go on.
    async fn add(
        &self,
        user: UserId,
        change: &ProfileChange,
        avatar: Option<&AvatarKey>,
    ) -> Result<Profile, StoreError>;

    /// The profile of this account, held against other writers until the unit of work ends.
    async fn lock(&self, user: UserId) -> Result<Option<Profile>, StoreError>;

    /// Writes back a profile that was locked.
    async fn save(&self, profile: &Profile) -> Result<(), StoreError>;

    /// Removes a profile that was locked.
    async fn remove(&self, profile: &Profile) -> Result<(), StoreError>;

    /// Notes that a picture is about to be put into the object store and that no profile shows it yet.
    async fn note_upload(&self, key: &AvatarKey, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Removes that note because a profile shows the picture from now on. Tells whether there was one: a picture whose
    /// upload was abandoned meanwhile must not be shown, it is about to be removed.
    async fn settle_upload(&self, key: &AvatarKey) -> Result<bool, StoreError>;

    /// Notes that no profile will come to show the picture.
    async fn abandon_upload(&self, key: &AvatarKey) -> Result<(), StoreError>;

    /// Removes the note because the picture is gone.
    async fn forget_upload(&self, key: &AvatarKey) -> Result<(), StoreError>;
}

/// Reads of profiles that change nothing, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait ProfileQueries: Send + Sync {
    /// The profile of this account.
    async fn profile(&self, user: UserId) -> Result<Option<Profile>, StoreError>;

    /// Pictures that no profile shows: their upload was abandoned, or noted before this timestamp and never settled. The
    /// oldest first, at most `limit`.
    async fn lost_uploads(&self, before: DateTime<Utc>, limit: u64) -> Result<Vec<AvatarKey>, StoreError>;
}
