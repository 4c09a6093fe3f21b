use std::time::Duration;

use async_trait::async_trait;

use crate::profiles::{AvatarError, ProcessedAvatar};

/// Why the object store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// It cannot be reached, does not answer in time, or refuses. The same call may work later.
    #[error("the object store is not available: {0}")]
    Unavailable(String),
}

/// Keeps files under names.
///
/// Every method fails with [`ObjectError::Unavailable`].
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Keeps these bytes under this name, in the place of any that it had. After a failure they may be kept all the same.
    async fn put(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<(), ObjectError>;

    /// The bytes under this name.
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError>;

    /// Whether there is anything under this name.
    async fn exists(&self, name: &str) -> Result<bool, ObjectError>;

    /// Removes what there is under this name, if there is anything.
    async fn delete(&self, name: &str) -> Result<(), ObjectError>;

    /// Where callers get what is under this name. It works for at least an hour from now on. Calls within the same half
    /// hour return the same URL.
    async fn url(&self, name: &str) -> Result<String, ObjectError>;
}

/// Why a picture was not processed.
#[derive(Debug, thiserror::Error)]
pub enum ProcessingError {
    /// It is no picture that can be kept.
    #[error(transparent)]
    Avatar(#[from] AvatarError),
    /// Too many wait already. The same call may work after the given time.
    #[error("too many pictures wait to be processed")]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// The processor failed: a fault of ours.
    #[error("the picture could not be processed: {0}")]
    Failed(String),
}

/// Makes pictures fit to be shown.
#[async_trait]
pub trait AvatarProcessor: Send + Sync {
    /// Reads a JPEG or PNG file, known by its content, and makes it what is kept.
    ///
    /// Fails with [`ProcessingError`].
    async fn process(&self, file: Vec<u8>) -> Result<ProcessedAvatar, ProcessingError>;
}
