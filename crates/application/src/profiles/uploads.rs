use domain::{
    outbox::Message,
    ports::{ObjectError, StoreError, UnitOfWork},
    profiles::{AvatarKey, AvatarSize, ProcessedAvatar},
};

use futures::future::join_all;

use super::{ProfileError, Profiles};

/// What every file of a picture is.
const CONTENT_TYPE: &str = "image/jpeg";

impl Profiles {
    /// Puts a picture into the object store under a new name, which is noted first: whatever happens from here on, a
    /// picture that no profile comes to show is found and removed.
    pub(super) async fn upload(&self, avatar: &ProcessedAvatar) -> Result<AvatarKey, ProfileError> {
        let key = AvatarKey::from_bits(self.randomness.bits128());
        let unit = self.store.begin().await?;
        unit.profiles().note_upload(&key, self.clock.now()).await?;
        unit.commit().await?;
        let put = |size| {
            let (name, file) = (key.object(size), avatar.file(size));
            async move { self.objects.put(&name, CONTENT_TYPE, file).await }
        };
        // Both at once, so whoever waits does so for the slower one alone; and both to their end, so that nothing arrives
        // behind its own removal.
        let outcomes = join_all(AvatarSize::ALL.map(put)).await;
        if let Err(ObjectError::Unavailable(reason)) = outcomes.into_iter().collect::<Result<Vec<_>, _>>() {
            self.discard(&key).await;
            return Err(ProfileError::UploadFailed { reason });
        }
        Ok(key)
    }

    /// Orders a picture to be removed that no profile shows. Where that cannot be noted now, it is found by its age.
    pub(super) async fn discard(&self, key: &AvatarKey) {
        let ordering = async {
            let unit = self.store.begin().await?;
            unit.profiles().abandon_upload(key).await?;
            unit.outbox().post(Message::DeleteAvatar(key.clone())).await?;
            unit.commit().await
        };
        if let Err(error) = ordering.await {
            tracing::warn!(%error, avatar = key.as_str(), "a picture that nobody shows is left to the cleanup");
        }
    }

    /// Ends a unit of work in which a profile comes to show this picture. Whether a commit that fails was kept is unknown;
    /// the note of the picture knows.
    pub(super) async fn commit_with(
        &self,
        unit: Box<dyn UnitOfWork>,
        avatar: Option<&AvatarKey>,
    ) -> Result<(), ProfileError> {
        if let Some(key) = avatar
            && !unit.profiles().settle_upload(key).await?
        {
            // The cleanup took it for lost, so slow was this request.
            return Err(ProfileError::UploadFailed { reason: "the upload took too long".to_owned() });
        }
        Ok(unit.commit().await?)
    }
}

/// Removes the files of a picture that no profile shows.
///
/// # Errors
///
/// [`StoreError::Unavailable`] also where the object store is away; trying again does no harm.
pub async fn delete_objects(profiles: &Profiles, key: &AvatarKey) -> Result<(), StoreError> {
    for size in AvatarSize::ALL {
        let deleted = profiles.objects.delete(&key.object(size)).await;
        deleted.map_err(|error| StoreError::Unavailable(error.into()))?;
    }
    Ok(())
}
