use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{LinkKind, RetentionStore},
    store::StoreError,
};
use sea_orm::Value;

use super::{AccountStore, link_tokens::table as link_table};
use crate::sql::execute;

/// Minimum time since the last registration or link of an account that is removed. A registration that arrives during the
/// removal is far more recent and prevents it.
const SETTLED_AFTER: Duration = Duration::hours(1);

impl AccountStore {
    /// Removes at most `limit` rows of a table that match a condition on these times, oldest first.
    async fn remove<const TIMES: usize>(
        &self,
        table: &str,
        condition: &str,
        times: [DateTime<Utc>; TIMES],
        limit: u64,
    ) -> Result<u64, StoreError> {
        // The statement waits for a row that another transaction is changing. Only the outer condition is evaluated again
        // then, and it sees new values of that row alone (PostgreSQL, Read Committed).
        let sql = format!(
            "DELETE FROM {table} WHERE ({condition})
             AND id IN (SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT ${})",
            TIMES + 1
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = times.into_iter().map(Value::from).chain([Value::from(limit)]).collect();
        let transaction = self.0.transaction().await?;
        let removed = execute(&transaction.sql, sql, values).await?;
        transaction.commit_and_notify().await?;
        Ok(removed)
    }
}

#[async_trait]
impl RetentionStore for AccountStore {
    async fn remove_links(
        &self,
        kind: LinkKind,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        self.remove(link_table(kind), "expires_at < $1", [before], limit).await
    }

    async fn remove_sessions(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        self.remove("refresh_tokens", "expires_at < $1 OR ended_at < $1", [before], limit).await
    }

    async fn remove_networks(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        self.remove("known_networks", "last_seen_at < $1", [before], limit).await
    }

    async fn remove_pending_users(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let links = link_table(LinkKind::Activation);
        let pending = format!(
            "created_at < $1 AND last_registered_at < $3 AND activated_at IS NULL AND NOT is_active
             AND NOT EXISTS (SELECT 1 FROM {links} WHERE {links}.user_id = users.id AND {links}.expires_at > $2)"
        );
        self.remove("users", &pending, [before, now, now - SETTLED_AFTER], limit).await
    }
}
