use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        AccountStatus, ClientNetwork, Email, Group, NewUser, PasswordHash, User, UserId, UserRepository,
    },
    store::StoreError,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::NotSet,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{ExprTrait, OnConflict},
};

use crate::{
    entities::users::{ActiveModel, Column, Entity, Model},
    error::corrupt,
    sql::{execute, one},
    store::Transaction,
    store_error,
};

/// The rows of `user_groups`, which a migration writes.
const GROUP_IDS: [(Group, i32); 3] = [(Group::User, 1), (Group::Moderator, 2), (Group::Admin, 3)];

pub(super) fn group_id(group: Group) -> i32 {
    GROUP_IDS.iter().find(|(known, _)| *known == group).map_or(0, |(_, id)| *id)
}

#[derive(Debug, thiserror::Error)]
#[error("user {user} is in the unknown group {group}")]
struct UnknownGroupId {
    user: i64,
    group: i32,
}

impl TryFrom<Model> for User {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let group = GROUP_IDS.iter().find(|(_, id)| *id == row.group_id).map(|(group, _)| *group);
        Ok(Self {
            id: UserId(row.id),
            email: Email::parse(&row.email).map_err(corrupt)?,
            password_hash: PasswordHash::new(row.password_hash),
            group: group.ok_or_else(|| corrupt(UnknownGroupId { user: row.id, group: row.group_id }))?,
            status: AccountStatus::from_stored(row.is_active, row.activated_at, row.created_at),
            token_version: row.token_version,
            created_at: row.created_at,
            last_registered_at: row.last_registered_at.unwrap_or(row.created_at),
            registrations: row.registrations,
        })
    }
}

#[async_trait]
impl UserRepository for Transaction {
    async fn add(&self, user: &NewUser) -> Result<User, StoreError> {
        let row = ActiveModel {
            id: NotSet,
            email: Set(user.email.as_str().to_owned()),
            password_hash: Set(user.password_hash.expose().to_owned()),
            group_id: Set(group_id(user.group)),
            is_active: Set(user.status.is_active()),
            activated_at: Set(user.status.activated_at()),
            token_version: Set(0),
            created_at: Set(user.created_at),
            last_registered_at: Set(Some(user.created_at)),
            registrations: Set(1),
        };
        // A failed insert would abort the whole transaction on PostgreSQL; one that does nothing does not.
        let inserted = Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Email).do_nothing().to_owned())
            .exec_with_returning_many(&self.sql)
            .await
            .map_err(store_error)?;
        inserted.into_iter().next().ok_or(StoreError::Conflict)?.try_into()
    }

    async fn lock_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        one(&self.sql, Entity::find().filter(Column::Email.eq(email.as_str())).lock_exclusive()).await
    }

    async fn lock(&self, id: UserId) -> Result<Option<User>, StoreError> {
        one(&self.sql, Entity::find_by_id(id.0).lock_exclusive()).await
    }

    async fn lock_active_admins_and(&self, id: UserId) -> Result<Vec<UserId>, StoreError> {
        // One statement locks all of them in the order of their ids. A second one for the account would come too late:
        // it may have a lower id than an administrator who is locked already.
        let admin = group_id(Group::Admin);
        let rows = Entity::find()
            .filter(Column::GroupId.eq(admin).and(Column::IsActive.eq(true)).or(Column::Id.eq(id.0)))
            .order_by_asc(Column::Id)
            .lock_exclusive()
            .all(&self.sql)
            .await
            .map_err(store_error)?;
        Ok(rows
            .into_iter()
            .filter(|row| row.group_id == admin && row.is_active)
            .map(|row| UserId(row.id))
            .collect())
    }

    async fn save(&self, user: &User) -> Result<(), StoreError> {
        let row = Model {
            id: user.id.0,
            email: user.email.as_str().to_owned(),
            password_hash: user.password_hash.expose().to_owned(),
            group_id: group_id(user.group),
            is_active: user.status.is_active(),
            activated_at: user.status.activated_at(),
            token_version: user.token_version,
            created_at: user.created_at,
            last_registered_at: Some(user.last_registered_at),
            registrations: user.registrations,
        };
        row.into_active_model().reset_all().update(&self.sql).await.map_err(store_error)?;
        Ok(())
    }

    async fn forget_networks(&self, user: UserId) -> Result<(), StoreError> {
        execute(&self.sql, "DELETE FROM known_networks WHERE user_id = $1", vec![user.0.into()]).await?;
        Ok(())
    }

    async fn remember_network(
        &self,
        user: UserId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO known_networks (user_id, network, last_seen_at) VALUES ($1, $2, $3)
                   ON CONFLICT (user_id, network) DO UPDATE SET last_seen_at = excluded.last_seen_at";
        let values = vec![user.0.into(), network.to_string().into(), now.into()];
        execute(&self.sql, sql, values).await?;
        Ok(())
    }
}
