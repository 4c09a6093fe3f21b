use domain::{
    accounts::UserId,
    profiles::{ProcessedAvatar, ProcessingError},
    rate_limit::Refused,
};

use super::{Profiles, process_avatar};

/// Error of [`process_upload`].
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The upload limit of the user is reached.
    #[error(transparent)]
    TooMany(#[from] Refused),
    /// See [`ProcessingError`].
    #[error(transparent)]
    Processing(#[from] ProcessingError),
}

/// Processes a picture that a user uploads. An invalid picture counts against the limit too, because decoding is expensive.
pub async fn process_upload(
    profiles: &Profiles,
    caller: UserId,
    file: Vec<u8>,
) -> Result<ProcessedAvatar, UploadError> {
    if let Some(limit) = profiles.avatars_per_user {
        profiles.limiter.take(&format!("avatars of {}", caller.0), limit).await?;
    }
    Ok(process_avatar(profiles, file).await?)
}
