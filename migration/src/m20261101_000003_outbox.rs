//! What must still happen after a unit of work was committed.

use sea_orm_migration::{prelude::*, schema::string_len};

use crate::tables::{drop_tables, id, moment};

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("outbox")
            .col(id())
            // Random, so that a queue that outlives this table never takes a new message for an old one.
            .col(string_len("key", 32))
            .col(string_len("kind", 50))
            .col(string_len("subject", 255))
            .col(moment("created_at").default(Expr::current_timestamp()))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["outbox"]).await
    }
}
