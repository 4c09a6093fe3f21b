//! Health of the dependencies.

use async_trait::async_trait;

/// Health check of a dependency.
#[async_trait]
pub trait HealthProbe: Send + Sync {
    /// Name of the dependency: `database`, `object_store`, `mail` or `redis`.
    fn name(&self) -> &'static str;

    /// Whether the service requires the dependency.
    fn is_needed(&self) -> bool {
        true
    }

    /// Checks the dependency.
    ///
    /// Fails with a reason that contains no secret.
    async fn check(&self) -> Result<(), String>;
}
