//! Search, filters and caches of a large catalogue: folded names, words, stored counts, and change notifications.
//!
//! The program fills in folded names and words (`theater migrate` and every start do so), because databases fold text
//! differently.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DatabaseBackend, DbErr},
};

use crate::tables::run;

/// This migration.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let own = match manager.get_database_backend() {
            DatabaseBackend::Postgres => POSTGRES.as_slice(),
            _ => SQLITE.as_slice(),
        };
        run(manager, &COLUMNS).await?;
        run(manager, own).await?;
        run(manager, &INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DatabaseBackend::Postgres => run(manager, &POSTGRES_DOWN).await?,
            _ => run(manager, &SQLITE_DOWN).await?,
        }
        run(manager, &DOWN).await
    }
}

/// Counts are stored for the same reason as the number of movies. A null `search_key` or `sort_key` is not filled in yet.
const COLUMNS: [&str; 8] = [
    "ALTER TABLE genres ADD COLUMN movie_count bigint NOT NULL DEFAULT 0",
    "ALTER TABLE actors ADD COLUMN movie_count bigint NOT NULL DEFAULT 0",
    "ALTER TABLE countries ADD COLUMN movie_count bigint NOT NULL DEFAULT 0",
    "ALTER TABLE languages ADD COLUMN movie_count bigint NOT NULL DEFAULT 0",
    "UPDATE genres SET movie_count = (SELECT count(*) FROM movies_genres l WHERE l.genre_id = genres.id)",
    "UPDATE actors SET movie_count = (SELECT count(*) FROM actors_movies l WHERE l.actor_id = actors.id)",
    "UPDATE countries SET movie_count = (SELECT count(*) FROM movies m WHERE m.country_id = countries.id)",
    "UPDATE languages SET movie_count = (SELECT count(*) FROM movies_languages l WHERE l.language_id = languages.id)",
];

const INDEXES: [&str; 11] = [
    "DROP INDEX ix_movies_name_id",
    "DROP INDEX ix_movies_country_id",
    "CREATE INDEX ix_movies_sort_key_id ON movies (sort_key, id)",
    "CREATE INDEX ix_movies_country_id_id ON movies (country_id, id)",
    "CREATE INDEX ix_movies_status_id ON movies (status, id)",
    "CREATE INDEX ix_genres_search_key_id ON genres (search_key, id)",
    "CREATE INDEX ix_actors_search_key_id ON actors (search_key, id)",
    "CREATE INDEX ix_countries_search_key_id ON countries (search_key, id)",
    "CREATE INDEX ix_languages_search_key_id ON languages (search_key, id)",
    "CREATE INDEX ix_actors_without_search_key ON actors (id) WHERE search_key IS NULL",
    "CREATE INDEX ix_movies_without_sort_key ON movies (id) WHERE sort_key IS NULL",
];

const POSTGRES: [&str; 43] = [
    // Sorted by code point, as in SQLite and in Rust, for every locale of the database.
    "ALTER TABLE movies ADD COLUMN sort_key text COLLATE \"C\"",
    "ALTER TABLE genres ADD COLUMN search_key text COLLATE \"C\"",
    "ALTER TABLE actors ADD COLUMN search_key text COLLATE \"C\"",
    "ALTER TABLE countries ADD COLUMN search_key text COLLATE \"C\"",
    "ALTER TABLE languages ADD COLUMN search_key text COLLATE \"C\"",
    // Free space for the next version of each row, so that a new count updates no index.
    "ALTER TABLE genres SET (fillfactor = 50)",
    "ALTER TABLE actors SET (fillfactor = 80)",
    "ALTER TABLE countries SET (fillfactor = 50)",
    "ALTER TABLE languages SET (fillfactor = 50)",
    "ALTER TABLE catalogue_totals SET (fillfactor = 50)",
    "CREATE TABLE movie_search (
       movie_id bigint PRIMARY KEY REFERENCES movies (id) ON DELETE CASCADE,
       document tsvector NOT NULL)",
    "CREATE INDEX ix_movie_search_document ON movie_search USING gin (document)",
    "CREATE TABLE search_words (word text COLLATE \"C\" PRIMARY KEY)",
    // Counts: one row after the other in the order of their ids, so that two writers cannot deadlock, and each by its index,
    // regardless of their number.
    "CREATE FUNCTION count_movies_of_genres() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
       sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
       one record;
     BEGIN
       FOR one IN SELECT genre_id AS id, count(*) AS movies FROM changed GROUP BY 1 ORDER BY 1 LOOP
         UPDATE genres SET movie_count = movie_count + sign * one.movies WHERE id = one.id;
       END LOOP;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER genres_counted_up AFTER INSERT ON movies_genres REFERENCING NEW TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_genres()",
    "CREATE TRIGGER genres_counted_down AFTER DELETE ON movies_genres REFERENCING OLD TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_genres()",
    "CREATE FUNCTION count_movies_of_actors() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
       sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
       one record;
     BEGIN
       FOR one IN SELECT actor_id AS id, count(*) AS movies FROM changed GROUP BY 1 ORDER BY 1 LOOP
         UPDATE actors SET movie_count = movie_count + sign * one.movies WHERE id = one.id;
       END LOOP;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER actors_counted_up AFTER INSERT ON actors_movies REFERENCING NEW TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_actors()",
    "CREATE TRIGGER actors_counted_down AFTER DELETE ON actors_movies REFERENCING OLD TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_actors()",
    "CREATE FUNCTION count_movies_of_languages() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
       sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
       one record;
     BEGIN
       FOR one IN SELECT language_id AS id, count(*) AS movies FROM changed GROUP BY 1 ORDER BY 1 LOOP
         UPDATE languages SET movie_count = movie_count + sign * one.movies WHERE id = one.id;
       END LOOP;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER languages_counted_up AFTER INSERT ON movies_languages REFERENCING NEW TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_languages()",
    "CREATE TRIGGER languages_counted_down AFTER DELETE ON movies_languages REFERENCING OLD TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_languages()",
    "CREATE FUNCTION count_movies_of_countries() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
       sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
       one record;
     BEGIN
       FOR one IN SELECT country_id AS id, count(*) AS movies FROM changed GROUP BY 1 ORDER BY 1 LOOP
         UPDATE countries SET movie_count = movie_count + sign * one.movies WHERE id = one.id;
       END LOOP;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER countries_counted_up AFTER INSERT ON movies REFERENCING NEW TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_countries()",
    "CREATE TRIGGER countries_counted_down AFTER DELETE ON movies REFERENCING OLD TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_countries()",
    "CREATE FUNCTION move_country_counts() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
       one record;
     BEGIN
       FOR one IN
         SELECT country_id AS id, sum(movies) AS movies
         FROM (SELECT country_id, 1 AS movies FROM after_change
               UNION ALL SELECT country_id, -1 FROM before_change) both_sides
         GROUP BY 1 HAVING sum(movies) <> 0 ORDER BY 1
       LOOP
         UPDATE countries SET movie_count = movie_count + one.movies WHERE id = one.id;
       END LOOP;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER countries_moved AFTER UPDATE ON movies
     REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
     FOR EACH STATEMENT EXECUTE FUNCTION move_country_counts()",
    // CatalogueVersion: every listening process gets one notification of each transaction that changed the catalogue.
    "CREATE FUNCTION tell_catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       NOTIFY catalogue;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER movies_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON movies
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER movies_genres_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON movies_genres
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER actors_movies_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON actors_movies
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER movies_languages_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON movies_languages
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER movie_search_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON movie_search
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER genres_notify AFTER INSERT OR DELETE OR UPDATE OF name, search_key ON genres
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER actors_notify AFTER INSERT OR DELETE OR UPDATE OF name, search_key ON actors
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER countries_notify AFTER INSERT OR DELETE OR UPDATE OF name, code, search_key ON countries
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    "CREATE TRIGGER languages_notify AFTER INSERT OR DELETE OR UPDATE OF name, search_key ON languages
     FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()",
    // Mistyped words are found by their trigrams. Without the right to create the extension, searches do not correct them.
    "CREATE FUNCTION install_trigrams() RETURNS void LANGUAGE plpgsql AS $$
     BEGIN
       CREATE EXTENSION IF NOT EXISTS pg_trgm;
     EXCEPTION WHEN OTHERS THEN
       RAISE WARNING 'pg_trgm cannot be installed (%): searches tolerate no mistyped words', SQLERRM;
     END $$",
    "CREATE FUNCTION index_trigrams() RETURNS void LANGUAGE plpgsql AS $$
     BEGIN
       IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
         CREATE INDEX IF NOT EXISTS ix_search_words_trigrams ON search_words USING gin (word gin_trgm_ops);
         CREATE INDEX IF NOT EXISTS ix_actors_trigrams ON actors USING gin (search_key gin_trgm_ops);
       END IF;
     END $$",
    "SELECT install_trigrams()",
    "SELECT index_trigrams()",
    "DROP FUNCTION install_trigrams()",
    "DROP FUNCTION index_trigrams()",
];

const SQLITE: [&str; 35] = [
    "ALTER TABLE movies ADD COLUMN sort_key text",
    "ALTER TABLE genres ADD COLUMN search_key text",
    "ALTER TABLE actors ADD COLUMN search_key text",
    "ALTER TABLE countries ADD COLUMN search_key text",
    "ALTER TABLE languages ADD COLUMN search_key text",
    "ALTER TABLE catalogue_totals ADD COLUMN version bigint NOT NULL DEFAULT 0",
    // Stores the words alone, not the texts a second time.
    "CREATE VIRTUAL TABLE movie_search USING fts5 (
       title, people, plot, content = '', contentless_delete = 1, prefix = '3',
       tokenize = \"unicode61 remove_diacritics 2 tokenchars '%_'\")",
    "CREATE TABLE search_words (word text PRIMARY KEY) WITHOUT ROWID",
    "CREATE VIRTUAL TABLE search_word_trigrams USING fts5 (word, tokenize = 'trigram')",
    "CREATE TRIGGER search_words_added AFTER INSERT ON search_words
     BEGIN INSERT INTO search_word_trigrams (word) VALUES ('^' || new.word || '$'); END",
    "CREATE TRIGGER movies_unsearched AFTER DELETE ON movies
     BEGIN DELETE FROM movie_search WHERE rowid = old.id; END",
    "CREATE TRIGGER genres_counted_up AFTER INSERT ON movies_genres
     BEGIN UPDATE genres SET movie_count = movie_count + 1 WHERE id = new.genre_id; END",
    "CREATE TRIGGER genres_counted_down AFTER DELETE ON movies_genres
     BEGIN UPDATE genres SET movie_count = movie_count - 1 WHERE id = old.genre_id; END",
    "CREATE TRIGGER actors_counted_up AFTER INSERT ON actors_movies
     BEGIN UPDATE actors SET movie_count = movie_count + 1 WHERE id = new.actor_id; END",
    "CREATE TRIGGER actors_counted_down AFTER DELETE ON actors_movies
     BEGIN UPDATE actors SET movie_count = movie_count - 1 WHERE id = old.actor_id; END",
    "CREATE TRIGGER languages_counted_up AFTER INSERT ON movies_languages
     BEGIN UPDATE languages SET movie_count = movie_count + 1 WHERE id = new.language_id; END",
    "CREATE TRIGGER languages_counted_down AFTER DELETE ON movies_languages
     BEGIN UPDATE languages SET movie_count = movie_count - 1 WHERE id = old.language_id; END",
    "CREATE TRIGGER countries_counted_up AFTER INSERT ON movies
     BEGIN UPDATE countries SET movie_count = movie_count + 1 WHERE id = new.country_id; END",
    "CREATE TRIGGER countries_counted_down AFTER DELETE ON movies
     BEGIN UPDATE countries SET movie_count = movie_count - 1 WHERE id = old.country_id; END",
    "CREATE TRIGGER countries_moved AFTER UPDATE OF country_id ON movies WHEN old.country_id <> new.country_id
     BEGIN
       UPDATE countries SET movie_count = movie_count - 1 WHERE id = old.country_id;
       UPDATE countries SET movie_count = movie_count + 1 WHERE id = new.country_id;
     END",
    // CatalogueVersion: other processes poll the version. Links change together with their movie.
    "CREATE TRIGGER movies_added_notify AFTER INSERT ON movies
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER movies_changed_notify AFTER UPDATE ON movies
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER movies_removed_notify AFTER DELETE ON movies
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER genres_notify AFTER UPDATE OF name, search_key ON genres
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER actors_notify AFTER UPDATE OF name, search_key ON actors
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER countries_notify AFTER UPDATE OF name, code, search_key ON countries
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER languages_notify AFTER UPDATE OF name, search_key ON languages
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER genres_added_notify AFTER INSERT ON genres
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER actors_added_notify AFTER INSERT ON actors
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER countries_added_notify AFTER INSERT ON countries
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER languages_added_notify AFTER INSERT ON languages
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER genres_removed_notify AFTER DELETE ON genres
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER actors_removed_notify AFTER DELETE ON actors
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER countries_removed_notify AFTER DELETE ON countries
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
    "CREATE TRIGGER languages_removed_notify AFTER DELETE ON languages
     BEGIN UPDATE catalogue_totals SET version = version + 1; END",
];

const POSTGRES_DOWN: [&str; 25] = [
    "DROP TRIGGER movies_notify ON movies",
    "DROP TRIGGER movies_genres_notify ON movies_genres",
    "DROP TRIGGER actors_movies_notify ON actors_movies",
    "DROP TRIGGER movies_languages_notify ON movies_languages",
    "DROP TRIGGER genres_notify ON genres",
    "DROP TRIGGER actors_notify ON actors",
    "DROP TRIGGER countries_notify ON countries",
    "DROP TRIGGER languages_notify ON languages",
    "DROP TRIGGER genres_counted_up ON movies_genres",
    "DROP TRIGGER genres_counted_down ON movies_genres",
    "DROP TRIGGER actors_counted_up ON actors_movies",
    "DROP TRIGGER actors_counted_down ON actors_movies",
    "DROP TRIGGER languages_counted_up ON movies_languages",
    "DROP TRIGGER languages_counted_down ON movies_languages",
    "DROP TRIGGER countries_counted_up ON movies",
    "DROP TRIGGER countries_counted_down ON movies",
    "DROP TRIGGER countries_moved ON movies",
    "DROP TABLE movie_search",
    "DROP TABLE search_words",
    "DROP FUNCTION count_movies_of_genres()",
    "DROP FUNCTION count_movies_of_actors()",
    "DROP FUNCTION count_movies_of_languages()",
    "DROP FUNCTION count_movies_of_countries()",
    "DROP FUNCTION move_country_counts()",
    "DROP FUNCTION tell_catalogue_changed()",
];

const SQLITE_DOWN: [&str; 29] = [
    "DROP TRIGGER movies_added_notify",
    "DROP TRIGGER movies_changed_notify",
    "DROP TRIGGER movies_removed_notify",
    "DROP TRIGGER genres_notify",
    "DROP TRIGGER actors_notify",
    "DROP TRIGGER countries_notify",
    "DROP TRIGGER languages_notify",
    "DROP TRIGGER genres_added_notify",
    "DROP TRIGGER actors_added_notify",
    "DROP TRIGGER countries_added_notify",
    "DROP TRIGGER languages_added_notify",
    "DROP TRIGGER genres_removed_notify",
    "DROP TRIGGER actors_removed_notify",
    "DROP TRIGGER countries_removed_notify",
    "DROP TRIGGER languages_removed_notify",
    "DROP TRIGGER movies_unsearched",
    "DROP TRIGGER genres_counted_up",
    "DROP TRIGGER genres_counted_down",
    "DROP TRIGGER actors_counted_up",
    "DROP TRIGGER actors_counted_down",
    "DROP TRIGGER languages_counted_up",
    "DROP TRIGGER languages_counted_down",
    "DROP TRIGGER countries_counted_up",
    "DROP TRIGGER countries_counted_down",
    "DROP TRIGGER countries_moved",
    "DROP TABLE movie_search",
    "DROP TABLE search_word_trigrams",
    // Drops its trigger as well.
    "DROP TABLE search_words",
    "ALTER TABLE catalogue_totals DROP COLUMN version",
];

const DOWN: [&str; 21] = [
    "DROP INDEX ix_movies_without_sort_key",
    "DROP INDEX ix_actors_without_search_key",
    "DROP INDEX ix_movies_sort_key_id",
    "DROP INDEX ix_movies_country_id_id",
    "DROP INDEX ix_movies_status_id",
    "DROP INDEX ix_genres_search_key_id",
    "DROP INDEX IF EXISTS ix_actors_trigrams",
    "DROP INDEX ix_actors_search_key_id",
    "DROP INDEX ix_countries_search_key_id",
    "DROP INDEX ix_languages_search_key_id",
    "CREATE INDEX ix_movies_name_id ON movies (name, id)",
    "CREATE INDEX ix_movies_country_id ON movies (country_id)",
    "ALTER TABLE movies DROP COLUMN sort_key",
    "ALTER TABLE genres DROP COLUMN search_key",
    "ALTER TABLE actors DROP COLUMN search_key",
    "ALTER TABLE countries DROP COLUMN search_key",
    "ALTER TABLE languages DROP COLUMN search_key",
    "ALTER TABLE genres DROP COLUMN movie_count",
    "ALTER TABLE actors DROP COLUMN movie_count",
    "ALTER TABLE countries DROP COLUMN movie_count",
    "ALTER TABLE languages DROP COLUMN movie_count",
];
