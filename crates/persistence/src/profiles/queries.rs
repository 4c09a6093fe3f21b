use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::UserId,
    profiles::{AvatarKey, Profile, ProfileQueries},
    store::StoreError,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::ProfileStore;
use crate::{
    entities::user_profiles::{Column, Entity},
    error::corrupt,
    sql::{all, get, one},
};

#[derive(Debug, thiserror::Error)]
#[error("avatar_uploads contains an invalid key")]
struct InvalidKey;

#[async_trait]
impl ProfileQueries for ProfileStore {
    async fn profile(&self, user: UserId) -> Result<Option<Profile>, StoreError> {
        one(&self.0.reader, Entity::find().filter(Column::UserId.eq(user.0))).await
    }

    async fn lost_uploads(&self, before: DateTime<Utc>, limit: u64) -> Result<Vec<AvatarKey>, StoreError> {
        let sql = "SELECT avatar FROM avatar_uploads WHERE abandoned OR noted_at < $1 ORDER BY id LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = all(&self.0.reader, sql, vec![before.into(), limit.into()]).await?;
        let key = |row| AvatarKey::parse(&get::<String>(row, "avatar")?).ok_or_else(|| corrupt(InvalidKey));
        rows.iter().map(key).collect()
    }
}
