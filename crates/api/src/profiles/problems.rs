//! Problems of profiles and their pictures.

use std::time::Duration;

use application::profiles::{ProfileError, UploadError};
use domain::profiles::ProcessingError;

pub(crate) use crate::documentation::problems::*;
use crate::{
    documentation::problems::groups,
    http::{Problem, row::problems},
};

/// `Retry-After` after the object store failed to store a picture.
const UPLOAD_RETRY: Duration = Duration::from_secs(5);

problems! {
    NotYourProfile(FORBIDDEN, "not_your_profile", "You don't have permission to edit this profile.");
    ProfileExists(BAD_REQUEST, "profile_exists", "User already has a profile.");
    ProfileNotFound(NOT_FOUND, "profile_not_found", "Profile not found.");
    AvatarUploadFailed(SERVICE_UNAVAILABLE, "avatar_upload_failed",
        "Failed to upload avatar. Please try again later."
    );
    TooManyPictures(SERVICE_UNAVAILABLE, "too_many_pictures",
        "Too many pictures are being processed. Please try again."
    );
}

groups! {
    /// The request with a picture cannot be served now.
    Upload = [TooManyRequests, AvatarUploadFailed, TooManyPictures, StoreUnavailable, InternalError];
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::TooMany(refused) => refused.into(),
            UploadError::Processing(ProcessingError::Overloaded { retry_after }) => {
                Self::from(TooManyPictures).retry_after(retry_after)
            }
            UploadError::Processing(error) => Self::from(InternalError).because(error),
        }
    }
}

impl From<ProfileError> for Problem {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Forbidden => NotYourProfile.into(),
            ProfileError::UserNotActive => UserNotActive.into(),
            ProfileError::AlreadyExists => ProfileExists.into(),
            ProfileError::NotFound => ProfileNotFound.into(),
            ProfileError::UploadFailed { reason } => {
                Self::from(AvatarUploadFailed).retry_after(UPLOAD_RETRY).because(reason)
            }
            ProfileError::Changed(error) => error.into(),
            ProfileError::Store(error) => error.into(),
        }
    }
}
