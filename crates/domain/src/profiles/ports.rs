use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{AvatarError, AvatarKey, ProcessedAvatar, Profile, ProfileChange};
use crate::{
    accounts::{UserId, UserRepository},
    store::{StoreError, UnitOfWork},
};

/// A unit of work on profiles.
pub trait ProfileUnit: UnitOfWork {
    /// The profiles.
    fn profiles(&self) -> &dyn ProfileRepository;
    /// The accounts that own them.
    fn users(&self) -> &dyn UserRepository;
}

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

/// Why an image was not processed.
#[derive(Debug, thiserror::Error)]
pub enum ProcessingError {
    /// The file is not accepted as an avatar.
    #[error(transparent)]
    Avatar(#[from] AvatarError),
    /// Too many callers wait. Retrying after the given time may succeed.
    #[error("too many pictures wait to be processed")]
    Overloaded {
        /// Time until a retry.
        retry_after: Duration,
    },
    /// The processor failed: an internal error.
    #[error("the picture could not be processed: {0}")]
    Failed(String),
}

/// Converts uploaded images to avatars.
#[async_trait]
pub trait AvatarProcessor: Send + Sync {
    /// Converts a JPEG or PNG file, detected by its content, to the files of an avatar.
    ///
    /// Fails with [`ProcessingError`].
    async fn process(&self, file: Vec<u8>) -> Result<ProcessedAvatar, ProcessingError>;
}
