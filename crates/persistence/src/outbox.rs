use async_trait::async_trait;
use domain::{
    outbox::{Message, Outbox, OutboxEntry, OutboxId, OutboxReader},
    store::StoreError,
};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::{
    Database,
    entities::outbox::{ActiveModel, Column, Entity, Model},
    store::Transaction,
    store_error,
};

#[async_trait]
impl Outbox for Transaction {
    async fn post(&self, message: Message) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: NotSet,
            key: Set(format!("{:032x}", u128::from_be_bytes(self.randomness.bits128()))),
            kind: Set(message.kind.to_owned()),
            subject: Set(message.subject),
        };
        Entity::insert(row).exec(&self.sql).await.map_err(store_error)?;
        Ok(())
    }
}

impl Database {
    /// The number of messages that are not enqueued yet.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn outbox_length(&self) -> Result<u64, StoreError> {
        Entity::find().count(&self.reader).await.map_err(store_error)
    }
}

#[async_trait]
impl OutboxReader for Database {
    async fn oldest(&self, limit: u64) -> Result<Vec<OutboxEntry>, StoreError> {
        let rows = Entity::find()
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(store_error)?;
        let entry = |row: Model| OutboxEntry {
            id: OutboxId(row.id),
            key: row.key,
            kind: row.kind,
            subject: row.subject,
        };
        Ok(rows.into_iter().map(entry).collect())
    }

    async fn remove(&self, ids: &[OutboxId]) -> Result<(), StoreError> {
        let transaction = self.transaction().await?;
        Entity::delete_many()
            .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
            .exec(&transaction.sql)
            .await
            .map_err(store_error)?;
        transaction.sql.commit().await.map_err(store_error)
    }
}
