use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::{
    accounts::UserId,
    profiles::{AvatarKey, Profile, ProfileChange},
};

/// Profiles, inside a unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; other errors are documented on the method.
#[async_trait]
pub trait ProfileRepository: Send + Sync {
    /// Stores the profile of an account.
    ///
    /// Fails with [`StoreError::Conflict`] if the account has one; the unit of work can continue.
    async fn add(
        &self,
        user: UserId,
        change: &ProfileChange,
        avatar: Option<&AvatarKey>,
    ) -> Result<Profile, StoreError>;

    /// The profile of this account, locked against other writers until the unit of work ends.
    async fn lock(&self, user: UserId) -> Result<Option<Profile>, StoreError>;

    /// Stores the changes of a locked profile.
    async fn save(&self, profile: &Profile) -> Result<(), StoreError>;

    /// Deletes a locked profile.
    async fn remove(&self, profile: &Profile) -> Result<(), StoreError>;

    /// Records an avatar that is about to be uploaded and that no profile refers to yet.
    async fn note_upload(&self, key: &AvatarKey, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Deletes the record of an upload because a profile now refers to the avatar. Returns `false` if
    /// there is none or the upload was abandoned: the avatar must then not be used, because it is about to be deleted.
    async fn settle_upload(&self, key: &AvatarKey) -> Result<bool, StoreError>;

    /// Marks an upload as abandoned: no profile will refer to the avatar.
    async fn abandon_upload(&self, key: &AvatarKey) -> Result<(), StoreError>;

    /// Deletes the record of an upload because the avatar was deleted.
    async fn forget_upload(&self, key: &AvatarKey) -> Result<(), StoreError>;
}

/// Read-only queries of profiles, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait ProfileQueries: Send + Sync {
    /// The profile of this account.
    async fn profile(&self, user: UserId) -> Result<Option<Profile>, StoreError>;

    /// Avatars that no profile refers to: their upload was abandoned, or recorded before this time and never settled. The
    /// oldest first, at most `limit`.
    async fn lost_uploads(&self, before: DateTime<Utc>, limit: u64) -> Result<Vec<AvatarKey>, StoreError>;
}
