use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{LinkKind, RetentionStore},
    store::StoreError,
};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};

use super::{AccountStore, link_tokens::table as link_table};
use crate::sql::run;

/// Minimum time since the last registration or link of an account that is removed. A registration that arrives during the
/// removal is far more recent and prevents it.
const SETTLED_AFTER: Duration = Duration::hours(1);

impl AccountStore {
    /// Removes at most `limit` rows of a table that satisfy a condition, oldest first.
    async fn remove(&self, table: &'static str, condition: Expr, limit: u64) -> Result<u64, StoreError> {
        let oldest = Query::select()
            .column("id")
            .from(table)
            .and_where(condition.clone())
            .order_by("id", Order::Asc)
            .limit(limit)
            .take();
        // The statement waits for a row that another transaction is changing. Only the outer condition is evaluated again
        // then, and it sees new values of that row alone (PostgreSQL, Read Committed).
        let is_oldest = Expr::col("id").in_subquery(oldest);
        let delete = Query::delete().from_table(table).and_where(condition).and_where(is_oldest).take();
        let transaction = self.0.transaction().await?;
        let removed = run(&transaction.sql, &delete).await?;
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
        self.remove(link_table(kind), Expr::col("expires_at").lt(before), limit).await
    }

    async fn remove_sessions(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        let is_over = Expr::col("expires_at").lt(before).or(Expr::col("ended_at").lt(before));
        self.remove("refresh_tokens", is_over, limit).await
    }

    async fn remove_networks(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        self.remove("known_networks", Expr::col("last_seen_at").lt(before), limit).await
    }

    async fn remove_pending_users(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let links = link_table(LinkKind::Activation);
        let valid = Query::select()
            .column((links, "id"))
            .from(links)
            .and_where(Expr::col((links, "user_id")).equals(("users", "id")))
            .and_where(Expr::col((links, "expires_at")).gt(now))
            .take();
        let is_pending = Expr::col("created_at")
            .lt(before)
            .and(Expr::col("last_registered_at").lt(now - SETTLED_AFTER))
            .and(Expr::col("activated_at").is_null())
            .and(Expr::col("is_active").not())
            .and(Expr::not_exists(valid));
        self.remove("users", is_pending, limit).await
    }
}
