//! Networks from which the owner of an account has logged in.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string_len},
};

use crate::tables::{cascade, drop_tables, id, index, moment};

const TABLE: &str = "known_networks";

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(TABLE)
            .col(id())
            .col(big_integer("user_id"))
            .col(string_len("network", 45))
            .col(moment("last_seen_at"))
            .foreign_key(&mut cascade(TABLE, "user_id", "users"))
            .take();
        manager.create_table(table).await?;
        index(manager, TABLE, &["user_id", "network"], true).await?;
        index(manager, TABLE, &["last_seen_at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await
    }
}
