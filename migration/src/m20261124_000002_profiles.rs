//! Profiles, and pictures in the object store that no profile shows yet.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_pk_auto, boolean, date_null, string_len, string_len_null, text_null,
        timestamp_with_time_zone,
    },
};

use crate::tables::{cascade, drop_tables, index, unique};

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let profiles = Table::create()
            .table("user_profiles")
            .col(big_pk_auto("id"))
            .col(big_integer("user_id"))
            .col(string_len_null("first_name", 100))
            .col(string_len_null("last_name", 100))
            .col(string_len_null("gender", 10))
            .col(date_null("date_of_birth"))
            .col(text_null("info"))
            .col(string_len_null("avatar", 255))
            .foreign_key(&mut cascade("user_profiles", "user_id", "users"))
            .take();
        manager.create_table(profiles).await?;
        unique(manager, "user_profiles", &["user_id"]).await?;
        let uploads = Table::create()
            .table("avatar_uploads")
            .col(big_pk_auto("id"))
            .col(string_len("avatar", 32))
            .col(boolean("abandoned").default(false))
            .col(timestamp_with_time_zone("noted_at"))
            .take();
        manager.create_table(uploads).await?;
        unique(manager, "avatar_uploads", &["avatar"]).await?;
        index(manager, "avatar_uploads", &["noted_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["avatar_uploads", "user_profiles"]).await
    }
}
