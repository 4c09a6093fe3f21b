use domain::{
    accounts::UserId,
    ports::{ProcessingError, Refused},
    profiles::ProcessedAvatar,
};

use super::{Profiles, process_avatar};

/// Why an uploaded picture was not processed.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The user uploaded too many of late.
    #[error(transparent)]
    TooMany(#[from] Refused),
    /// See [`ProcessingError`].
    #[error(transparent)]
    Processing(#[from] ProcessingError),
}

/// Processes a picture that this user uploads. Each upload counts, also one that is no picture: decoding is what costs.
///
/// # Errors
///
/// [`UploadError`].
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
