//! Names are compared by a canonical caseless match and are NFC, and movies are found by parts of words in scripts without spaces.
//!
//! The keys and the words are filled in by the program (`theater migrate` and every start do so): databases fold text each in
//! its own way. A null `sort_key` or `search_key` marks a row that is still to be filled in.

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
    // The former version fills in the words that it knows.
    "UPDATE movies SET sort_key = NULL",
];
