//! What must still happen after a unit of work was committed.

use sea_orm_migration::{
    prelude::*,
    schema::{big_pk_auto, string_len, timestamp_with_time_zone_default_now},
};

use crate::tables::drop_tables;

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("outbox")
            .col(big_pk_auto("id"))
            // Random, so that a queue that outlives this table never takes a new message for an old one.
            .col(string_len("key", 32))
            .col(string_len("kind", 50))
            .col(string_len("subject", 255))
            .col(timestamp_with_time_zone_default_now("created_at"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["outbox"]).await
    }
}
