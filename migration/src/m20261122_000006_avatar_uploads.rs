//! Pictures in the object store that no profile shows yet.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, string_len},
};

use crate::tables::{drop_tables, id, index, moment};

const TABLE: &str = "avatar_uploads";

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(TABLE)
            .col(id())
            .col(string_len("avatar", 32))
            .col(boolean("abandoned").default(false))
            .col(moment("noted_at"))
            .take();
        manager.create_table(table).await?;
        index(manager, TABLE, &["avatar"], true).await?;
        index(manager, TABLE, &["noted_at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await
    }
}
