//! User profiles and their pictures.

mod access;
mod create_profile;
mod delete_avatar;
mod delete_profile;
mod get_profile;
mod import_account;
mod jobs;
mod process_upload;
mod sweep_uploads;
mod update_profile;
mod uploads;

use std::sync::Arc;

use domain::{
    accounts::AccountQueries,
    environment::{Clock, Randomness},
    objects::ObjectStore,
    profiles::{AvatarError, AvatarProcessor, ProcessedAvatar, ProcessingError, ProfileQueries, ProfileUnit},
    rate_limit::{Limit, RateLimiter},
    store::{Begin, StoreError},
};

use crate::precondition::Changed;

pub use access::{may_change, may_create};
pub use create_profile::create_profile;
pub use delete_avatar::delete_avatar;
pub use delete_profile::delete_profile;
pub use get_profile::{get_profile, profile_of};
pub use import_account::import_account;
pub use jobs::delete_avatar_files;
pub use process_upload::{UploadError, process_upload};
pub use sweep_uploads::sweep_uploads;
pub use update_profile::update_profile;
pub use uploads::delete_objects;

/// Dependencies of the use cases of this module.
#[derive(Clone)]
pub struct Profiles {
    /// Opens units of work.
    pub store: Arc<dyn Begin<dyn ProfileUnit>>,
    /// Reads profiles.
    pub queries: Arc<dyn ProfileQueries>,
    /// Reads accounts.
    pub accounts: Arc<dyn AccountQueries>,
    /// Stores pictures.
    pub objects: Arc<dyn ObjectStore>,
    /// Converts uploaded files to stored pictures.
    pub avatars: Arc<dyn AvatarProcessor>,
    /// Returns the current time.
    pub clock: Arc<dyn Clock>,
    /// Generates the keys of pictures.
    pub randomness: Arc<dyn Randomness>,
    /// Counts uploads.
    pub limiter: Arc<dyn RateLimiter>,
    /// Limit of picture uploads per user; `None` disables it.
    pub avatars_per_user: Option<Limit>,
}

/// Error of the use cases that read or change a profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The caller is neither the owner of the account nor staff.
    #[error("You don't have permission to edit this profile.")]
    Forbidden,
    /// The account does not exist or is not active.
    #[error("User not found or not active.")]
    UserNotActive,
    /// The account already has a profile.
    #[error("User already has a profile.")]
    AlreadyExists,
    /// The account has no profile.
    #[error("Profile not found.")]
    NotFound,
    /// The picture was not uploaded.
    #[error("Failed to upload avatar. Please try again later.")]
    UploadFailed {
        /// Reason, for the log.
        reason: String,
    },
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Converts an uploaded file to the stored picture.
pub async fn process_avatar(profiles: &Profiles, file: Vec<u8>) -> Result<ProcessedAvatar, ProcessingError> {
    if file.len() > domain::profiles::MAX_AVATAR_BYTES {
        return Err(AvatarError::TooLarge.into());
    }
    profiles.avatars.process(file).await
}
