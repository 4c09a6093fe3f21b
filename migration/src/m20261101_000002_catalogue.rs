//! Movies, their taxonomies, and the number of movies, which the database maintains.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, date, double, integer, string_len, text},
    sea_orm::{DatabaseBackend, DbErr},
};

use crate::tables::{cascade, drop_tables, id, index, restrict, run};

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
        for name in ["genres", "actors", "languages"] {
            named(manager, name).await?;
        }
        countries(manager).await?;
        movies(manager).await?;
        for (table, column, to) in LINKS {
            link(manager, table, column, to).await?;
        }
        totals(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let links = LINKS.map(|(table, ..)| table);
        drop_tables(manager, &links).await?;
        let tables = ["movies", "countries", "languages", "actors", "genres", "catalogue_totals"];
        drop_tables(manager, &tables).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            run(manager, &["DROP FUNCTION IF EXISTS keep_catalogue_totals()"]).await?;
        }
        Ok(())
    }
}

async fn named(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    let table = Table::create()
        .table(name)
        .col(id())
        .col(string_len("name", 255))
        // The name in Unicode lower case, which databases compute differently.
        .col(text("name_key"))
        .take();
    manager.create_table(table).await?;
    index(manager, name, &["name_key"], true).await
}

async fn countries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("countries")
        .col(id())
        .col(string_len("code", 2))
        .col(string_len("name", 255))
        .col(text("name_key"))
        .take();
    manager.create_table(table).await?;
    index(manager, "countries", &["code"], true).await?;
    index(manager, "countries", &["name_key"], true).await
}

async fn movies(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("movies")
        .col(id())
        .col(string_len("name", 255))
        .col(date("date"))
        .col(double("score"))
        .col(text("overview"))
        .col(string_len("status", 20))
        // Cents: SQLite has no exact decimal.
        .col(big_integer("budget"))
        .col(big_integer("revenue"))
        .col(big_integer("country_id"))
        .foreign_key(&mut restrict("movies", "country_id", "countries"))
        .take();
    manager.create_table(table).await?;
    index(manager, "movies", &["name", "date"], true).await?;
    index(manager, "movies", &["country_id"], false).await?;
    for column in ["name", "date", "score", "budget", "revenue"] {
        index(manager, "movies", &[column, "id"], false).await?;
    }
    Ok(())
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
    index(manager, name, &[column, "movie_id"], false).await
}

/// The number of movies, maintained by the database itself, so that no writer can omit it.
async fn totals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("catalogue_totals")
        .col(integer("id").primary_key())
        .col(big_integer("movies"))
        .take();
    manager.create_table(table).await?;
    run(manager, &["INSERT INTO catalogue_totals (id, movies) VALUES (1, 0)"]).await?;
    match manager.get_database_backend() {
        DatabaseBackend::Postgres => run(manager, &POSTGRES_TRIGGERS).await,
        _ => run(manager, &SQLITE_TRIGGERS).await,
    }
}

const POSTGRES_TRIGGERS: [&str; 4] = [
    "CREATE FUNCTION keep_catalogue_totals() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF TG_OP = 'TRUNCATE' THEN
         UPDATE catalogue_totals SET movies = 0;
       ELSIF TG_OP = 'INSERT' THEN
         UPDATE catalogue_totals SET movies = movies + (SELECT count(*) FROM changed)
         WHERE EXISTS (SELECT FROM changed);
       ELSE
         UPDATE catalogue_totals SET movies = movies - (SELECT count(*) FROM changed)
         WHERE EXISTS (SELECT FROM changed);
       END IF;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER movies_added AFTER INSERT ON movies
     REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_catalogue_totals()",
    "CREATE TRIGGER movies_removed AFTER DELETE ON movies
     REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_catalogue_totals()",
    "CREATE TRIGGER movies_truncated AFTER TRUNCATE ON movies
     FOR EACH STATEMENT EXECUTE FUNCTION keep_catalogue_totals()",
];

const SQLITE_TRIGGERS: [&str; 2] = [
    "CREATE TRIGGER movies_added AFTER INSERT ON movies
     BEGIN UPDATE catalogue_totals SET movies = movies + 1; END",
    "CREATE TRIGGER movies_removed AFTER DELETE ON movies
     BEGIN UPDATE catalogue_totals SET movies = movies - 1; END",
];
