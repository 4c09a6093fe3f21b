//! Groups, users, tokens of mailed links, sessions, and the networks from which users have logged in.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_pk_auto, binary_len, boolean, integer, string_len, string_len_null,
        timestamp_with_time_zone as timestamp, timestamp_with_time_zone_null as timestamp_null,
    },
};

use crate::tables::{cascade, drop_tables, index, restrict, run, unique};

const ACTIVATION_TOKENS: &str = "activation_tokens";
const PASSWORD_RESET_TOKENS: &str = "password_reset_tokens";

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        groups(manager).await?;
        users(manager).await?;
        // An address can have several pending registrations, each with its own password.
        let chosen_password = string_len_null("password_hash", 255);
        link_tokens(manager, ACTIVATION_TOKENS, Some(chosen_password)).await?;
        unique(manager, ACTIVATION_TOKENS, &["user_id", "password_hash"]).await?;
        link_tokens(manager, PASSWORD_RESET_TOKENS, None).await?;
        unique(manager, PASSWORD_RESET_TOKENS, &["user_id"]).await?;
        sessions(manager).await?;
        known_networks(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "known_networks",
            "refresh_tokens",
            PASSWORD_RESET_TOKENS,
            ACTIVATION_TOKENS,
            "users",
            "user_groups",
        ];
        drop_tables(manager, &tables).await
    }
}

async fn groups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("user_groups")
        .col(integer("id").primary_key())
        .col(string_len("name", 20).unique_key())
        .take();
    manager.create_table(table).await?;
    run(manager, "INSERT INTO user_groups (id, name) VALUES (1, 'user'), (2, 'moderator'), (3, 'admin')")
        .await
}

async fn users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("users")
        .col(big_pk_auto("id"))
        .col(string_len("email", 254))
        .col(string_len("password_hash", 255))
        .col(integer("group_id"))
        .col(boolean("is_active"))
        // When the address was first confirmed. An inactive account with it was deactivated by an administrator.
        .col(timestamp_null("activated_at"))
        .col(big_integer("token_version").default(0))
        .col(timestamp("created_at"))
        .col(timestamp_null("last_registered_at"))
        .col(big_integer("registrations").default(1))
        .foreign_key(&mut restrict("users", "group_id", "user_groups"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "users", &["email"]).await?;
    index(manager, "users", &["group_id"]).await?;
    index(manager, "users", &["created_at"]).await
}

async fn link_tokens(
    manager: &SchemaManager<'_>,
    name: &'static str,
    last: Option<ColumnDef>,
) -> Result<(), DbErr> {
    let mut table = Table::create()
        .table(name)
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(binary_len("nonce", 16))
        .col(binary_len("digest", 32))
        .col(timestamp("issued_at"))
        .col(timestamp("expires_at"))
        .col(timestamp_null("consumed_at"))
        .foreign_key(&mut cascade(name, "user_id", "users"))
        .take();
    if let Some(column) = last {
        table.col(column);
    }
    manager.create_table(table).await?;
    index(manager, name, &["expires_at"]).await?;
    index(manager, name, &["digest"]).await
}

/// One row is one refresh token family: a session.
async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("refresh_tokens")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(binary_len("family", 16))
        .col(big_integer("generation").default(0))
        .col(big_integer("token_version"))
        .col(string_len_null("device", 255))
        .col(string_len_null("ip", 45))
        .col(timestamp("created_at"))
        .col(timestamp("last_used_at"))
        .col(timestamp("expires_at"))
        .col(timestamp("max_expires_at"))
        .col(timestamp_null("ended_at"))
        .foreign_key(&mut cascade("refresh_tokens", "user_id", "users"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "refresh_tokens", &["family"]).await?;
    for column in ["user_id", "expires_at", "ended_at"] {
        index(manager, "refresh_tokens", &[column]).await?;
    }
    Ok(())
}

async fn known_networks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("known_networks")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(string_len("network", 45))
        .col(timestamp("last_seen_at"))
        .foreign_key(&mut cascade("known_networks", "user_id", "users"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "known_networks", &["user_id", "network"]).await?;
    index(manager, "known_networks", &["last_seen_at"]).await
}
