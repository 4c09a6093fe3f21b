//! Groups, users, profiles, mailed tokens and sessions.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary_len, boolean, date_null, integer, string_len, string_len_null, text_null},
};

use crate::tables::{cascade, drop_tables, id, index, moment, moment_or_null, restrict, run};

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        groups(manager).await?;
        users(manager).await?;
        profiles(manager).await?;
        mailed_tokens(manager, "activation_tokens").await?;
        mailed_tokens(manager, "password_reset_tokens").await?;
        sessions(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "refresh_tokens",
            "password_reset_tokens",
            "activation_tokens",
            "user_profiles",
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
    run(manager, &["INSERT INTO user_groups (id, name) VALUES (1, 'user'), (2, 'moderator'), (3, 'admin')"])
        .await
}

async fn users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("users")
        .col(id())
        .col(string_len("email", 254))
        .col(string_len("password_hash", 255))
        .col(integer("group_id"))
        .col(boolean("is_active"))
        // When the address was first confirmed. An inactive account with it was deactivated by an administrator.
        .col(moment_or_null("activated_at"))
        .col(big_integer("token_version").default(0))
        .col(moment("created_at"))
        .foreign_key(&mut restrict("users", "group_id", "user_groups"))
        .take();
    manager.create_table(table).await?;
    index(manager, "users", &["email"], true).await?;
    index(manager, "users", &["group_id"], false).await?;
    index(manager, "users", &["created_at"], false).await
}

async fn profiles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("user_profiles")
        .col(id())
        .col(big_integer("user_id"))
        .col(string_len_null("first_name", 100))
        .col(string_len_null("last_name", 100))
        .col(string_len_null("gender", 10))
        .col(date_null("date_of_birth"))
        .col(text_null("info"))
        .col(string_len_null("avatar", 255))
        .foreign_key(&mut cascade("user_profiles", "user_id", "users"))
        .take();
    manager.create_table(table).await?;
    index(manager, "user_profiles", &["user_id"], true).await
}

/// An account has at most one live token of a kind, so one row.
async fn mailed_tokens(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    let table = Table::create()
        .table(name)
        .col(id())
        .col(big_integer("user_id"))
        .col(binary_len("nonce", 16))
        .col(binary_len("digest", 32))
        .col(moment("issued_at"))
        .col(moment("expires_at"))
        .col(moment_or_null("consumed_at"))
        .foreign_key(&mut cascade(name, "user_id", "users"))
        .take();
    manager.create_table(table).await?;
    index(manager, name, &["user_id"], true).await?;
    index(manager, name, &["expires_at"], false).await
}

/// One row is one refresh token family: a session.
async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("refresh_tokens")
        .col(id())
        .col(big_integer("user_id"))
        .col(binary_len("family", 16))
        .col(big_integer("generation").default(0))
        .col(big_integer("token_version"))
        .col(string_len_null("device", 255))
        .col(string_len_null("ip", 45))
        .col(moment("created_at"))
        .col(moment("last_used_at"))
        .col(moment("expires_at"))
        .col(moment("max_expires_at"))
        .col(moment_or_null("ended_at"))
        .foreign_key(&mut cascade("refresh_tokens", "user_id", "users"))
        .take();
    manager.create_table(table).await?;
    index(manager, "refresh_tokens", &["family"], true).await?;
    index(manager, "refresh_tokens", &["user_id"], false).await?;
    index(manager, "refresh_tokens", &["expires_at"], false).await?;
    index(manager, "refresh_tokens", &["ended_at"], false).await
}
