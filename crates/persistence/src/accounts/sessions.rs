use async_trait::async_trait;
use domain::{
    accounts::{FamilyId, NewSession, Session, SessionId, SessionOrigin, SessionRepository, UserId},
    store::StoreError,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set,
};

use crate::{
    entities::refresh_tokens::{ActiveModel, Column, Entity, Model},
    error::corrupt,
    sql::one,
    store::Transaction,
    store_error,
};

#[derive(Debug, thiserror::Error)]
#[error("session {0} has a family of the wrong length")]
struct WrongLength(i64);

impl TryFrom<Model> for Session {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: SessionId(row.id),
            user_id: UserId(row.user_id),
            family: FamilyId(row.family.try_into().map_err(|_| corrupt(WrongLength(row.id)))?),
            generation: row.generation,
            token_version: row.token_version,
            origin: SessionOrigin { device: row.device, ip: row.ip.and_then(|ip| ip.parse().ok()) },
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            max_expires_at: row.max_expires_at,
            ended_at: row.ended_at,
        })
    }
}

#[async_trait]
impl SessionRepository for Transaction {
    async fn start(&self, session: &NewSession) -> Result<Session, StoreError> {
        let row = ActiveModel {
            id: NotSet,
            user_id: Set(session.user_id.0),
            family: Set(session.family.0.to_vec()),
            generation: Set(0),
            token_version: Set(session.token_version),
            device: Set(session.origin.device.clone()),
            ip: Set(session.origin.ip.map(|ip| ip.to_string())),
            created_at: Set(session.created_at),
            last_used_at: Set(session.created_at),
            expires_at: Set(session.expires_at),
            max_expires_at: Set(session.max_expires_at),
            ended_at: Set(None),
        };
        row.insert(&self.sql).await.map_err(store_error)?.try_into()
    }

    async fn lock(&self, family: FamilyId) -> Result<Option<Session>, StoreError> {
        one(&self.sql, Entity::find().filter(Column::Family.eq(family.0.to_vec())).lock_exclusive()).await
    }

    async fn lock_by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        one(&self.sql, Entity::find_by_id(id.0).lock_exclusive()).await
    }

    async fn save(&self, session: &Session) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(session.id.0),
            generation: Set(session.generation),
            token_version: Set(session.token_version),
            last_used_at: Set(session.last_used_at),
            expires_at: Set(session.expires_at),
            ended_at: Set(session.ended_at),
            ..Default::default()
        };
        row.update(&self.sql).await.map_err(store_error)?;
        Ok(())
    }
}
