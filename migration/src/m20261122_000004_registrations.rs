//! Several pending registrations of one address, each with its own password.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string_len_null},
};

use crate::tables::{index, moment_or_null, run};

const TOKENS: &str = "activation_tokens";
const RESETS: &str = "password_reset_tokens";

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(drop_index("uq_activation_tokens_user_id", TOKENS)).await?;
        add_column(manager, TOKENS, string_len_null("password_hash", 255)).await?;
        add_column(manager, "users", moment_or_null("last_registered_at")).await?;
        add_column(manager, "users", big_integer("registrations").default(1).take()).await?;
        // An outstanding link activates the password that its account has now.
        run(
            manager,
            &[
                "UPDATE activation_tokens SET password_hash =
                 (SELECT password_hash FROM users WHERE users.id = activation_tokens.user_id)",
                "UPDATE users SET last_registered_at = created_at",
            ],
        )
        .await?;
        index(manager, TOKENS, &["user_id", "password_hash"], true).await?;
        index(manager, TOKENS, &["digest"], false).await?;
        index(manager, RESETS, &["digest"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(drop_index("ix_password_reset_tokens_digest", RESETS)).await?;
        manager.drop_index(drop_index("ix_activation_tokens_digest", TOKENS)).await?;
        manager.drop_index(drop_index("uq_activation_tokens_user_id_password_hash", TOKENS)).await?;
        run(
            manager,
            &["DELETE FROM activation_tokens WHERE id NOT IN
                        (SELECT MAX(id) FROM activation_tokens GROUP BY user_id)"],
        )
        .await?;
        drop_column(manager, TOKENS, "password_hash").await?;
        drop_column(manager, "users", "registrations").await?;
        drop_column(manager, "users", "last_registered_at").await?;
        index(manager, TOKENS, &["user_id"], true).await
    }
}

fn drop_index(name: &str, table: &'static str) -> IndexDropStatement {
    let mut index = Index::drop();
    index.name(name).table(table);
    index
}

async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}

async fn drop_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).drop_column(column).take()).await
}
