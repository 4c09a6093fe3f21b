//! Faults of profiles and their pictures.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{UserId, UserRepository},
    objects::{ObjectError, ObjectStore},
    outbox::{Message, Outbox},
    profiles::{AvatarKey, Profile, ProfileChange, ProfileRepository, ProfileUnit},
    store::{Begin, StoreError, UnitOfWork},
};

use super::{Fault, Faults, decorate};

pub(super) struct Store {
    pub(super) inner: Arc<dyn Begin<dyn ProfileUnit>>,
    pub(super) faults: Faults,
}

struct Unit {
    inner: Box<dyn ProfileUnit>,
    faults: Faults,
}

/// An object store whose failed uploads are ignored.
pub(super) struct UncheckedObjects(pub(super) Arc<dyn ObjectStore>);

#[async_trait]
impl Begin<dyn ProfileUnit> for Store {
    async fn begin(&self) -> Result<Box<dyn ProfileUnit>, StoreError> {
        Ok(Box::new(Unit { inner: self.inner.begin().await?, faults: self.faults }))
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn outbox(&self) -> &dyn Outbox {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.rollback().await
    }
}

impl ProfileUnit for Unit {
    fn profiles(&self) -> &dyn ProfileRepository {
        self
    }

    fn users(&self) -> &dyn UserRepository {
        self.inner.users()
    }
}

#[async_trait]
impl Outbox for Unit {
    async fn post(&self, message: Message) -> Result<(), StoreError> {
        if message.kind == "delete_avatar" && self.faults.contains(Fault::PicturesNotRemoved) {
            return Ok(());
        }
        self.inner.outbox().post(message).await
    }
}

decorate! {
    ProfileRepository for Unit, self => self.inner.profiles(), StoreError;
    lock(user: UserId) -> Option<Profile>;
    save(profile: &Profile) -> ();
    remove(profile: &Profile) -> ();
    note_upload(key: &AvatarKey, now: DateTime<Utc>) -> ();
    settle_upload(key: &AvatarKey) -> bool;
    forget_upload(key: &AvatarKey) -> ();
    {
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

        async fn abandon_upload(&self, key: &AvatarKey) -> Result<(), StoreError> {
            if self.faults.contains(Fault::PicturesNotRemoved) {
                self.inner.profiles().settle_upload(key).await?;
                return Ok(());
            }
            self.inner.profiles().abandon_upload(key).await
        }
    }
}

decorate! {
    ObjectStore for UncheckedObjects, self => self.0, ObjectError;
    get(name: &str) -> Option<Vec<u8>>;
    exists(name: &str) -> bool;
    delete(name: &str) -> ();
    url(name: &str) -> String;
    {
        async fn put(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<(), ObjectError> {
            let _ = self.0.put(name, content_type, bytes).await;
            Ok(())
        }
    }
}
