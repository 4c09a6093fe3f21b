use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::LinkKind,
    ports::{Housekeeping, StoreError},
};
use sea_orm::Value;

use crate::{Store, accounts::link_table, sql::execute};

impl Store {
    /// Removes at most `limit` rows of a table that a condition finds, the oldest first.
    async fn remove(
        &self,
        table: &str,
        condition: &str,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT $2)"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let transaction = self.transaction().await?;
        let removed = execute(&transaction.sql, sql, vec![before.into(), Value::from(limit)]).await?;
        transaction.keep().await?;
        Ok(removed)
    }
}

#[async_trait]
impl Housekeeping for Store {
    async fn remove_links(
        &self,
        kind: LinkKind,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        self.remove(link_table(kind), "expires_at < $1", before, limit).await
    }

    async fn remove_sessions(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        self.remove("refresh_tokens", "expires_at < $1 OR ended_at < $1", before, limit).await
    }

    async fn remove_pending_users(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        // The condition looks again while the row is held, so nobody who activates at this moment is removed.
        let pending = "created_at < $1 AND activated_at IS NULL AND NOT is_active";
        self.remove("users", pending, before, limit).await
    }
}
