use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::UserId,
    profiles::{
        AvatarKey, BirthDate, Info, PersonName, Profile, ProfileChange, ProfileId, ProfileRepository,
    },
    store::StoreError,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set, sea_query::OnConflict,
};

use crate::{
    entities::user_profiles::{ActiveModel, Column, Entity, Model},
    error::corrupt,
    sql::{execute, one},
    store::Transaction,
    store_error,
};

#[derive(Debug, thiserror::Error)]
#[error("profile {profile} has an invalid {column}")]
struct InvalidColumn {
    profile: i64,
    column: &'static str,
}

impl TryFrom<Model> for Profile {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |column| corrupt(InvalidColumn { profile: row.id, column });
        let name = |text: Option<String>, column| {
            text.map(|text| PersonName::parse(&text).map_err(|_| wrong(column))).transpose()
        };
        Ok(Self {
            id: ProfileId(row.id),
            user_id: UserId(row.user_id),
            first_name: name(row.first_name, "first_name")?,
            last_name: name(row.last_name, "last_name")?,
            gender: row.gender.map(|text| text.parse().map_err(|_| wrong("gender"))).transpose()?,
            date_of_birth: row.date_of_birth.map(BirthDate::from_stored),
            info: row.info.map(|text| Info::parse(&text).map_err(|_| wrong("info"))).transpose()?,
            avatar: row
                .avatar
                .map(|text| AvatarKey::parse(&text).ok_or_else(|| wrong("avatar")))
                .transpose()?,
        })
    }
}

fn name(name: Option<&PersonName>) -> Option<String> {
    name.map(|name| name.as_str().to_owned())
}

fn key(key: Option<&AvatarKey>) -> Option<String> {
    key.map(|key| key.as_str().to_owned())
}

#[async_trait]
impl ProfileRepository for Transaction {
    async fn add(
        &self,
        user: UserId,
        change: &ProfileChange,
        avatar: Option<&AvatarKey>,
    ) -> Result<Profile, StoreError> {
        let row = ActiveModel {
            id: NotSet,
            user_id: Set(user.0),
            first_name: Set(name(change.first_name.as_ref())),
            last_name: Set(name(change.last_name.as_ref())),
            gender: Set(change.gender.map(|gender| gender.as_str().to_owned())),
            date_of_birth: Set(change.date_of_birth.map(BirthDate::date)),
            info: Set(change.info.as_ref().map(|info| info.as_str().to_owned())),
            avatar: Set(key(avatar)),
        };
        // A failed insert would abort the whole transaction on PostgreSQL; one that does nothing does not.
        let inserted = Entity::insert(row)
            .on_conflict(OnConflict::column(Column::UserId).do_nothing().to_owned())
            .exec_with_returning_many(&self.sql)
            .await
            .map_err(store_error)?;
        inserted.into_iter().next().ok_or(StoreError::Conflict)?.try_into()
    }

    async fn lock(&self, user: UserId) -> Result<Option<Profile>, StoreError> {
        one(&self.sql, Entity::find().filter(Column::UserId.eq(user.0)).lock_exclusive()).await
    }

    async fn save(&self, profile: &Profile) -> Result<(), StoreError> {
        let row = Model {
            id: profile.id.0,
            user_id: profile.user_id.0,
            first_name: name(profile.first_name.as_ref()),
            last_name: name(profile.last_name.as_ref()),
            gender: profile.gender.map(|gender| gender.as_str().to_owned()),
            date_of_birth: profile.date_of_birth.map(BirthDate::date),
            info: profile.info.as_ref().map(|info| info.as_str().to_owned()),
            avatar: key(profile.avatar.as_ref()),
        };
        row.into_active_model().reset_all().update(&self.sql).await.map_err(store_error)?;
        Ok(())
    }

    async fn remove(&self, profile: &Profile) -> Result<(), StoreError> {
        Entity::delete_by_id(profile.id.0).exec(&self.sql).await.map_err(store_error)?;
        Ok(())
    }

    async fn note_upload(&self, key: &AvatarKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "INSERT INTO avatar_uploads (avatar, abandoned, noted_at) VALUES ($1, FALSE, $2)";
        execute(&self.sql, sql, vec![key.as_str().into(), now.into()]).await?;
        Ok(())
    }

    async fn settle_upload(&self, key: &AvatarKey) -> Result<bool, StoreError> {
        let sql = "DELETE FROM avatar_uploads WHERE avatar = $1 AND NOT abandoned";
        Ok(execute(&self.sql, sql, vec![key.as_str().into()]).await? == 1)
    }

    async fn abandon_upload(&self, key: &AvatarKey) -> Result<(), StoreError> {
        let sql = "UPDATE avatar_uploads SET abandoned = TRUE WHERE avatar = $1";
        execute(&self.sql, sql, vec![key.as_str().into()]).await?;
        Ok(())
    }

    async fn forget_upload(&self, key: &AvatarKey) -> Result<(), StoreError> {
        execute(&self.sql, "DELETE FROM avatar_uploads WHERE avatar = $1", vec![key.as_str().into()]).await?;
        Ok(())
    }
}
