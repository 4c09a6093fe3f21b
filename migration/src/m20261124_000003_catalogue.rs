//! Movies, their taxonomies, and what the database maintains of them: counts, search documents, change notifications.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_pk_auto, date, double, integer, string_len, text},
    sea_orm::DatabaseBackend,
};

use crate::{
    catalogue_triggers as triggers,
    tables::{cascade, drop_tables, index, restrict, run, unique},
};

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const LINKS: [(&str, &str, &str); 3] = [
    ("movies_genres", "genre_id", "genres"),
    ("actors_movies", "actor_id", "actors"),
    ("movies_languages", "language_id", "languages"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["genres", "actors", "countries", "languages"] {
            taxonomy(manager, name).await?;
        }
        movies(manager).await?;
        for (table, column, to) in LINKS {
            link(manager, table, column, to).await?;
        }
        totals(manager).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            run(manager, POSTGRES).await?;
            triggers::create_on_postgres(manager).await
        } else {
            run(manager, SQLITE).await?;
            triggers::create_on_sqlite(manager).await
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &LINKS.map(|(table, ..)| table)).await?;
        let tables = ["movie_search", "movies", "countries", "languages", "actors", "genres"];
        drop_tables(manager, &tables).await?;
        drop_tables(manager, &["catalogue_totals", "search_words"]).await?;
        match manager.get_database_backend() {
            DatabaseBackend::Postgres => triggers::drop_functions(manager).await,
            _ => drop_tables(manager, &["search_word_trigrams"]).await,
        }
    }
}

async fn taxonomy(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    let mut table = Table::create().table(name).col(big_pk_auto("id")).take();
    if name == "countries" {
        table.col(string_len("code", 2));
    }
    table
        .col(string_len("name", 255))
        // The form of the name that is compared. The program computes it, because databases fold text differently.
        .col(text("name_key"))
        .col(folded(manager, "search_key"))
        .col(big_integer("movie_count").default(0));
    manager.create_table(table).await?;
    if name == "countries" {
        unique(manager, name, &["code"]).await?;
    }
    unique(manager, name, &["name_key"]).await?;
    index(manager, name, &["search_key", "id"]).await
}

async fn movies(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("movies")
        .col(big_pk_auto("id"))
        .col(string_len("name", 255))
        .col(date("date"))
        .col(double("score"))
        .col(text("overview"))
        .col(string_len("status", 20))
        // Cents: SQLite has no exact decimal.
        .col(big_integer("budget"))
        .col(big_integer("revenue"))
        .col(big_integer("country_id"))
        .col(folded(manager, "sort_key"))
        .col(text("name_key"))
        .foreign_key(&mut restrict("movies", "country_id", "countries"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "movies", &["name_key", "date"]).await?;
    for column in ["sort_key", "date", "score", "status", "budget", "revenue", "country_id"] {
        index(manager, "movies", &[column, "id"]).await?;
    }
    Ok(())
}

/// A folded name, which the program computes. Sorted by code point, as in SQLite and in Rust, for every locale of the
/// database.
fn folded(manager: &SchemaManager<'_>, name: &'static str) -> ColumnDef {
    let mut column = text(name);
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

async fn link(
    manager: &SchemaManager<'_>,
    name: &'static str,
    column: &'static str,
    to: &'static str,
) -> Result<(), DbErr> {
    let table = Table::create()
        .table(name)
        .col(big_integer("movie_id"))
        .col(big_integer(column))
        .primary_key(Index::create().col("movie_id").col(column))
        .foreign_key(&mut cascade(name, "movie_id", "movies"))
        .foreign_key(&mut restrict(name, column, to))
        .take();
    manager.create_table(table).await?;
    index(manager, name, &[column, "movie_id"]).await
}

/// The number of movies, maintained by the database itself, so that no writer can omit it, and on SQLite the version of the
/// catalogue.
async fn totals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create()
        .table("catalogue_totals")
        .col(integer("id").primary_key())
        .col(big_integer("movies"))
        .take();
    if manager.get_database_backend() == DatabaseBackend::Sqlite {
        table.col(big_integer("version").default(0));
    }
    manager.create_table(table).await?;
    run(manager, "INSERT INTO catalogue_totals (id, movies) VALUES (1, 0)").await
}

/// Mistyped words are found by their trigrams. Without the right to create the extension, searches do not correct them.
const POSTGRES: &str = "
-- Free space for the next version of each row, so that a new count updates no index.
ALTER TABLE genres SET (fillfactor = 50);
ALTER TABLE actors SET (fillfactor = 80);
ALTER TABLE countries SET (fillfactor = 50);
ALTER TABLE languages SET (fillfactor = 50);
ALTER TABLE catalogue_totals SET (fillfactor = 50);
CREATE TABLE movie_search (
  movie_id bigint PRIMARY KEY REFERENCES movies (id) ON DELETE CASCADE,
  document tsvector NOT NULL);
CREATE INDEX ix_movie_search_document ON movie_search USING gin (document);
CREATE TABLE search_words (word text COLLATE \"C\" PRIMARY KEY);
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'pg_trgm cannot be installed (%): searches tolerate no mistyped words', SQLERRM;
END $$;
";

/// The search documents store words alone, not the texts a second time.
const SQLITE: &str = "
CREATE VIRTUAL TABLE movie_search USING fts5 (
  title, people, plot, content = '', contentless_delete = 1, prefix = '3',
  tokenize = \"unicode61 remove_diacritics 2 tokenchars '%_'\");
CREATE TABLE search_words (word text PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE search_word_trigrams USING fts5 (word, tokenize = 'trigram');
CREATE TRIGGER search_words_added AFTER INSERT ON search_words
BEGIN INSERT INTO search_word_trigrams (word) VALUES ('^' || new.word || '$'); END;
CREATE TRIGGER movies_unsearched AFTER DELETE ON movies
BEGIN DELETE FROM movie_search WHERE rowid = old.id; END;
";
