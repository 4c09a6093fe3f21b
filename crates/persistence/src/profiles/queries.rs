use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::UserId,
    profiles::{AvatarKey, Profile, ProfileQueries},
    store::StoreError,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::ProfileStore;
use super::uploads;
use crate::{
    entities::user_profiles::{Column, Entity},
    store_error,
};

#[async_trait]
impl ProfileQueries for ProfileStore {
    async fn profile(&self, user: UserId) -> Result<Option<Profile>, StoreError> {
        let row = Entity::find()
            .filter(Column::UserId.eq(user.0))
            .one(&self.0.reader)
            .await
            .map_err(store_error)?;
        row.map(Profile::try_from).transpose()
    }

    async fn lost_uploads(&self, before: DateTime<Utc>, limit: u64) -> Result<Vec<AvatarKey>, StoreError> {
        uploads::lost(&self.0.reader, before, limit).await
    }
}
