use domain::{
    objects::ObjectError,
    profiles::ProfileUnit,
    profiles::{AvatarKey, AvatarSize, ProcessedAvatar},
    store::StoreError,
};

use futures::future::join_all;

use super::{ProfileError, Profiles, delete_avatar_files};

/// Media type of every picture file.
const CONTENT_TYPE: &str = "image/jpeg";

impl Profiles {
    /// Uploads a picture, if there is one, under a new key, which is recorded first: a picture that no profile ever shows is then
    /// always found and removed.
    pub(super) async fn upload(
        &self,
        avatar: Option<&ProcessedAvatar>,
    ) -> Result<Option<AvatarKey>, ProfileError> {
        let Some(avatar) = avatar else { return Ok(None) };
        let key = AvatarKey::from_bits(self.randomness.bits128());
        let unit = self.store.begin().await?;
        unit.profiles().note_upload(&key, self.clock.now()).await?;
        unit.commit().await?;
        let put = |size| {
            let (name, file) = (key.object(size), avatar.file(size));
            async move { self.objects.put(&name, CONTENT_TYPE, file).await }
        };
        // Concurrent, so that the request waits only for the slower one; both to completion, so that no file arrives after
        // its removal.
        let outcomes = join_all(AvatarSize::ALL.map(put)).await;
        if let Err(ObjectError::Unavailable(reason)) = outcomes.into_iter().collect::<Result<Vec<_>, _>>() {
            self.discard(&key).await;
            return Err(ProfileError::UploadFailed { reason });
        }
        Ok(Some(key))
    }

    /// Enqueues the removal of a picture that no profile shows. If that fails, the cleanup finds the picture by its age.
    pub(super) async fn discard(&self, key: &AvatarKey) {
        let enqueuing = async {
            let unit = self.store.begin().await?;
            unit.profiles().abandon_upload(key).await?;
            unit.outbox().post(delete_avatar_files(key)).await?;
            unit.commit().await
        };
        if let Err(error) = enqueuing.await {
            tracing::warn!(%error, avatar = key.as_str(), "unused avatar left to the cleanup");
        }
    }

    /// Commits a unit of work in which a profile starts to show this picture. The outcome of a failed commit is unknown; the
    /// upload record shows it later.
    pub(super) async fn commit_with(
        &self,
        unit: Box<dyn ProfileUnit>,
        avatar: Option<&AvatarKey>,
    ) -> Result<(), ProfileError> {
        if let Some(key) = avatar
            && !unit.profiles().settle_upload(key).await?
        {
            // The request was so slow that the cleanup treated the upload as lost.
            return Err(ProfileError::UploadFailed { reason: "the upload took too long".to_owned() });
        }
        Ok(unit.commit().await?)
    }
}

/// Deletes the files of a picture that no profile shows. Repeating it is safe.
///
/// Fails with [`StoreError::Unavailable`] if the object store is unavailable.
pub async fn delete_objects(profiles: &Profiles, key: &AvatarKey) -> Result<(), StoreError> {
    for size in AvatarSize::ALL {
        let deleted = profiles.objects.delete(&key.object(size)).await;
        deleted.map_err(|error| StoreError::Unavailable(error.into()))?;
    }
    Ok(())
}
