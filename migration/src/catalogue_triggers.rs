//! Triggers that maintain the counts of the catalogue and notify other processes of its changes.

use sea_orm_migration::prelude::*;

use crate::tables::run;

/// A taxonomy, the table and the column that link movies with it, and its columns that clients see.
const TAXONOMIES: [(&str, &str, &str, &str); 4] = [
    ("genres", "movies_genres", "genre_id", "name, search_key"),
    ("actors", "actors_movies", "actor_id", "name, search_key"),
    ("languages", "movies_languages", "language_id", "name, search_key"),
    ("countries", "movies", "country_id", "name, code, search_key"),
];

/// They run once for each statement. `NOTIFY` reaches every listening process once for each transaction.
pub(crate) async fn create_on_postgres(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, POSTGRES).await?;
    for (table, links, column, seen) in TAXONOMIES {
        // The plan is cached, so it must not depend on the number of rows when it was made: each row is found by its id,
        // regardless of their number.
        let sql = format!(
            "CREATE FUNCTION count_movies_of_{table}() RETURNS trigger LANGUAGE plpgsql
             SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
             BEGIN
               UPDATE {table} SET movie_count = movie_count + CASE TG_OP WHEN 'INSERT' THEN movies ELSE -movies END
               FROM (SELECT {column}, count(*) AS movies FROM changed GROUP BY 1) counted
               WHERE {table}.id = counted.{column};
               RETURN NULL;
             END $$;
             CREATE TRIGGER {table}_counted_up AFTER INSERT ON {links} REFERENCING NEW TABLE AS changed
             FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_{table}();
             CREATE TRIGGER {table}_counted_down AFTER DELETE ON {links} REFERENCING OLD TABLE AS changed
             FOR EACH STATEMENT EXECUTE FUNCTION count_movies_of_{table}();
             CREATE TRIGGER {table}_notify AFTER INSERT OR DELETE OR UPDATE OF {seen} ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed();"
        );
        run(manager, &sql).await?;
    }
    for table in ["movies", "movies_genres", "actors_movies", "movies_languages", "movie_search"] {
        let sql = format!(
            "CREATE TRIGGER {table}_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION tell_catalogue_changed()"
        );
        run(manager, &sql).await?;
    }
    Ok(())
}

/// Drops the functions that [`create_on_postgres`] created; the triggers are dropped with their tables.
pub(crate) async fn drop_functions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, "DROP FUNCTION keep_catalogue_totals, move_country_counts, tell_catalogue_changed").await?;
    for (table, ..) in TAXONOMIES {
        run(manager, &format!("DROP FUNCTION count_movies_of_{table}")).await?;
    }
    Ok(())
}

/// They run once for each row. Other processes poll the version of the catalogue. Links change together with their movie.
pub(crate) async fn create_on_sqlite(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, SQLITE).await?;
    for (table, links, column, seen) in TAXONOMIES {
        let sql = format!(
            "CREATE TRIGGER {table}_counted_up AFTER INSERT ON {links}
             BEGIN UPDATE {table} SET movie_count = movie_count + 1 WHERE id = new.{column}; END;
             CREATE TRIGGER {table}_counted_down AFTER DELETE ON {links}
             BEGIN UPDATE {table} SET movie_count = movie_count - 1 WHERE id = old.{column}; END;
             CREATE TRIGGER {table}_added_notify AFTER INSERT ON {table}
             BEGIN UPDATE catalogue_totals SET version = version + 1; END;
             CREATE TRIGGER {table}_notify AFTER UPDATE OF {seen} ON {table}
             BEGIN UPDATE catalogue_totals SET version = version + 1; END;
             CREATE TRIGGER {table}_removed_notify AFTER DELETE ON {table}
             BEGIN UPDATE catalogue_totals SET version = version + 1; END;"
        );
        run(manager, &sql).await?;
    }
    Ok(())
}

const POSTGRES: &str = "
CREATE FUNCTION keep_catalogue_totals() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER movies_added AFTER INSERT ON movies
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_catalogue_totals();
CREATE TRIGGER movies_removed AFTER DELETE ON movies
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_catalogue_totals();
CREATE TRIGGER movies_truncated AFTER TRUNCATE ON movies
FOR EACH STATEMENT EXECUTE FUNCTION keep_catalogue_totals();

CREATE FUNCTION move_country_counts() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER countries_moved AFTER UPDATE ON movies
REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
FOR EACH STATEMENT EXECUTE FUNCTION move_country_counts();

CREATE FUNCTION tell_catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY catalogue;
  RETURN NULL;
END $$;
";

const SQLITE: &str = "
CREATE TRIGGER movies_added AFTER INSERT ON movies
BEGIN UPDATE catalogue_totals SET movies = movies + 1; END;
CREATE TRIGGER movies_removed AFTER DELETE ON movies
BEGIN UPDATE catalogue_totals SET movies = movies - 1; END;

CREATE TRIGGER countries_moved AFTER UPDATE OF country_id ON movies WHEN old.country_id <> new.country_id
BEGIN
  UPDATE countries SET movie_count = movie_count - 1 WHERE id = old.country_id;
  UPDATE countries SET movie_count = movie_count + 1 WHERE id = new.country_id;
END;

CREATE TRIGGER movies_added_notify AFTER INSERT ON movies
BEGIN UPDATE catalogue_totals SET version = version + 1; END;
CREATE TRIGGER movies_changed_notify AFTER UPDATE ON movies
BEGIN UPDATE catalogue_totals SET version = version + 1; END;
CREATE TRIGGER movies_removed_notify AFTER DELETE ON movies
BEGIN UPDATE catalogue_totals SET version = version + 1; END;
";
