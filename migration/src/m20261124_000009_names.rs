//! Names are in NFC and compared by a canonical caseless match, and movies are found by parts of words in scripts without
//! spaces.
//!
//! The program fills in the keys and the words (`theater migrate` and every start do so), because databases fold text
//! differently. A null `sort_key` or `search_key` marks a row that is not filled in yet.

use sea_orm_migration::prelude::*;

use crate::tables::run;

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &DOWN).await
    }
}

const UP: [&str; 8] = [
    "ALTER TABLE movies ADD COLUMN name_key text",
    "CREATE UNIQUE INDEX uq_movies_name_key_date ON movies (name_key, date)",
    "DROP INDEX uq_movies_name_date",
    "UPDATE movies SET sort_key = NULL",
    "UPDATE genres SET search_key = NULL",
    "UPDATE actors SET search_key = NULL",
    "UPDATE countries SET search_key = NULL",
    "UPDATE languages SET search_key = NULL",
];

const DOWN: [&str; 4] = [
    "DROP INDEX uq_movies_name_key_date",
    "ALTER TABLE movies DROP COLUMN name_key",
    "CREATE UNIQUE INDEX uq_movies_name_date ON movies (name, date)",
    // The previous version of the program fills in its own words.
    "UPDATE movies SET sort_key = NULL",
];
