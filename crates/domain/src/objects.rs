//! The object store.

use async_trait::async_trait;

/// Error of the object store.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The object store is unreachable, timed out, or rejected the request. Retrying later may succeed.
    #[error("the object store is not available: {0}")]
    Unavailable(String),
}

/// Stores files under names.
///
/// Every method fails with [`ObjectError::Unavailable`].
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Stores the bytes under this name and replaces any others. They may be stored even if the call fails.
    async fn put(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<(), ObjectError>;

    /// The bytes under this name; `None` if there are none.
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError>;

    /// Whether a file exists under this name.
    async fn exists(&self, name: &str) -> Result<bool, ObjectError>;

    /// Deletes the file under this name, if it exists.
    async fn delete(&self, name: &str) -> Result<(), ObjectError>;

    /// URL from which clients download the file, valid for at least one hour. Calls within the same half hour return the
    /// same URL.
    async fn url(&self, name: &str) -> Result<String, ObjectError>;
}
