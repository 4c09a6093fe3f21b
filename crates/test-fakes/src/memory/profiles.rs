use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{UserId, UserRepository},
    profiles::{
        AvatarKey, Profile, ProfileChange, ProfileId, ProfileQueries, ProfileRepository, ProfileUnit,
    },
    store::{Begin, StoreError},
};

use super::{MemoryStore, MemoryUnit, Upload};

#[async_trait]
impl ProfileRepository for MemoryUnit {
    async fn add(
        &self,
        user: UserId,
        change: &ProfileChange,
        avatar: Option<&AvatarKey>,
    ) -> Result<Profile, StoreError> {
        self.write(|rows| {
            if rows.profiles.iter().any(|profile| profile.user_id == user) {
                return Err(StoreError::Conflict);
            }
            let mut profile = Profile {
                id: ProfileId(rows.next_id()),
                user_id: user,
                first_name: None,
                last_name: None,
                gender: None,
                date_of_birth: None,
                info: None,
                avatar: avatar.cloned(),
            };
            profile.take(change.clone());
            rows.profiles.push(profile.clone());
            Ok(profile)
        })?
    }

    async fn lock(&self, user: UserId) -> Result<Option<Profile>, StoreError> {
        self.write(|rows| rows.profiles.iter().find(|profile| profile.user_id == user).cloned())
    }

    async fn save(&self, profile: &Profile) -> Result<(), StoreError> {
        self.write(|rows| {
            if let Some(known) = rows.profiles.iter_mut().find(|known| known.id == profile.id) {
                *known = profile.clone();
            }
        })
    }

    async fn remove(&self, profile: &Profile) -> Result<(), StoreError> {
        self.write(|rows| rows.profiles.retain(|known| known.id != profile.id))
    }

    async fn note_upload(&self, key: &AvatarKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(|rows| rows.uploads.push(Upload { key: key.clone(), noted_at: now, abandoned: false }))
    }

    async fn settle_upload(&self, key: &AvatarKey) -> Result<bool, StoreError> {
        self.write(|rows| {
            let before = rows.uploads.len();
            rows.uploads.retain(|upload| upload.key != *key || upload.abandoned);
            rows.uploads.len() < before
        })
    }

    async fn abandon_upload(&self, key: &AvatarKey) -> Result<(), StoreError> {
        self.write(|rows| {
            rows.uploads
                .iter_mut()
                .filter(|upload| upload.key == *key)
                .for_each(|upload| upload.abandoned = true);
        })
    }

    async fn forget_upload(&self, key: &AvatarKey) -> Result<(), StoreError> {
        self.write(|rows| rows.uploads.retain(|upload| upload.key != *key))
    }
}

#[async_trait]
impl ProfileQueries for MemoryStore {
    async fn profile(&self, user: UserId) -> Result<Option<Profile>, StoreError> {
        self.read(|rows| rows.profiles.iter().find(|profile| profile.user_id == user).cloned())
    }

    async fn lost_uploads(&self, before: DateTime<Utc>, limit: u64) -> Result<Vec<AvatarKey>, StoreError> {
        self.read(|rows| {
            let lost = rows.uploads.iter().filter(|upload| upload.abandoned || upload.noted_at < before);
            lost.take(limit as usize).map(|upload| upload.key.clone()).collect()
        })
    }
}

#[async_trait]
impl Begin<dyn ProfileUnit> for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn ProfileUnit>, StoreError> {
        Ok(Box::new(self.unit().await?))
    }
}

impl ProfileUnit for MemoryUnit {
    fn profiles(&self) -> &dyn ProfileRepository {
        self
    }

    fn users(&self) -> &dyn UserRepository {
        self
    }
}
