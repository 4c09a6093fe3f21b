use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{ActivationToken, ActivationTokenId, NewActivationToken, TokenDigest, TokenNonce, UserId},
    ports::{ActivationTokenRepository, StoreError},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::Expr,
};

use crate::{
    entities::activation_tokens::{ActiveModel, Column, Entity, Model},
    error::corrupt,
    store::Transaction,
    store_error,
};

#[derive(Debug, thiserror::Error)]
#[error("activation token {0} has bytes of the wrong length")]
struct WrongLength(i64);

impl TryFrom<Model> for ActivationToken {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |_| corrupt(WrongLength(row.id));
        Ok(Self {
            id: ActivationTokenId(row.id),
            user_id: UserId(row.user_id),
            nonce: TokenNonce(row.nonce.try_into().map_err(wrong)?),
            digest: TokenDigest(row.digest.try_into().map_err(wrong)?),
            expires_at: row.expires_at,
        })
    }
}

#[async_trait]
impl ActivationTokenRepository for Transaction {
    async fn issue(&self, token: &NewActivationToken) -> Result<ActivationTokenId, StoreError> {
        Entity::delete_many()
            .filter(Column::UserId.eq(token.user_id.0))
            .exec(&self.sql)
            .await
            .map_err(store_error)?;
        let row = ActiveModel {
            id: NotSet,
            user_id: Set(token.user_id.0),
            nonce: Set(token.nonce.0.to_vec()),
            digest: Set(token.digest.0.to_vec()),
            issued_at: Set(token.issued_at),
            expires_at: Set(token.expires_at),
            consumed_at: Set(None),
        };
        Ok(ActivationTokenId(row.insert(&self.sql).await.map_err(store_error)?.id))
    }

    async fn is_known(&self, user: UserId, digest: TokenDigest) -> Result<bool, StoreError> {
        let found = Entity::find()
            .filter(Column::UserId.eq(user.0))
            .filter(Column::Digest.eq(digest.0.to_vec()))
            .one(&self.sql)
            .await
            .map_err(store_error)?;
        Ok(found.is_some())
    }

    async fn consume(
        &self,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::ConsumedAt, Expr::value(now))
            .filter(Column::UserId.eq(user.0))
            .filter(Column::Digest.eq(digest.0.to_vec()))
            .filter(Column::ConsumedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .exec(&self.sql)
            .await
            .map_err(store_error)?;
        Ok(updated.rows_affected == 1)
    }
}
