//! Faults of profiles and their pictures.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::UserId,
    outbox::Message,
    ports::{ObjectError, ObjectStore, Outbox, ProfileRepository, StoreError},
    profiles::{AvatarKey, Profile, ProfileChange},
};

use super::{Fault, Unit};

/// An object store whose failed uploads are ignored.
pub(super) struct UncheckedObjects(pub(super) Arc<dyn ObjectStore>);

#[async_trait]
impl ProfileRepository for Unit {
    async fn add(
        &self,
        user: UserId,
        change: &ProfileChange,
        avatar: Option<&AvatarKey>,
    ) -> Result<Profile, StoreError> {
        let added = self.inner.profiles().add(user, change, avatar).await;
        if matches!(added, Err(StoreError::Conflict)) && self.faults.contains(Fault::DuplicateProfiles) {
            return self.inner.profiles().lock(user).await?.ok_or(StoreError::Conflict);
        }
        added
    }

    async fn lock(&self, user: UserId) -> Result<Option<Profile>, StoreError> {
        self.inner.profiles().lock(user).await
    }

    async fn save(&self, profile: &Profile) -> Result<(), StoreError> {
        self.inner.profiles().save(profile).await
    }

    async fn remove(&self, profile: &Profile) -> Result<(), StoreError> {
        self.inner.profiles().remove(profile).await
    }

    async fn note_upload(&self, key: &AvatarKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.inner.profiles().note_upload(key, now).await
    }

    async fn settle_upload(&self, key: &AvatarKey) -> Result<bool, StoreError> {
        self.inner.profiles().settle_upload(key).await
    }

    async fn abandon_upload(&self, key: &AvatarKey) -> Result<(), StoreError> {
        if self.faults.contains(Fault::PicturesNotRemoved) {
            self.inner.profiles().settle_upload(key).await?;
            return Ok(());
        }
        self.inner.profiles().abandon_upload(key).await
    }

    async fn forget_upload(&self, key: &AvatarKey) -> Result<(), StoreError> {
        self.inner.profiles().forget_upload(key).await
    }
}

#[async_trait]
impl Outbox for Unit {
    async fn post(&self, message: Message) -> Result<(), StoreError> {
        if matches!(message, Message::DeleteAvatar(_)) && self.faults.contains(Fault::PicturesNotRemoved) {
            return Ok(());
        }
        self.inner.outbox().post(message).await
    }
}

#[async_trait]
impl ObjectStore for UncheckedObjects {
    async fn put(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<(), ObjectError> {
        let _ = self.0.put(name, content_type, bytes).await;
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        self.0.get(name).await
    }

    async fn exists(&self, name: &str) -> Result<bool, ObjectError> {
        self.0.exists(name).await
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        self.0.delete(name).await
    }

    async fn url(&self, name: &str) -> Result<String, ObjectError> {
        self.0.url(name).await
    }
}
