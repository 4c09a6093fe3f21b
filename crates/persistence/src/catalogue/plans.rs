//! Every filter and every order is answered by an index: what the planners of both databases say to the very statements that
//! are sent.

use std::sync::Arc;

use domain::catalogue::{
    CountryCode, Direction, MovieFilter, MovieSort, MovieStatus, Name, Score, SearchQuery, SearchTerms, Year,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, Value};
use test_support::{CountingRandomness, on_every_database};

use super::{
    all,
    conditions::Conditions,
    get,
    list::{part_of, part_of_all},
    searched::{documents, fts},
};
use crate::{Store, connect, migrate_up};

/// Enough films that reading all of them would be the worst way.
const FILMS: u32 = 40_000;

/// A store full of made-up films, among which few have what is asked for.
async fn full(url: &str) -> Store {
    let pools = connect(url, 2).await.unwrap();
    migrate_up(&pools.writer).await.unwrap();
    let store = Store::new(pools.clone(), Arc::new(CountingRandomness::default()));
    let backend = store.reader.get_database_backend();
    let numbers = match backend {
        DatabaseBackend::Postgres => format!("SELECT n FROM generate_series(1, {FILMS}) n"),
        _ => format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {FILMS})
             SELECT n FROM numbers"
        ),
    };
    // As wide as documents are: a narrow table is read as a whole before any index of it.
    let plot: Vec<_> = (100..140).map(|number| format!("plot{number}:3D")).collect();
    let (day, document) = match backend {
        DatabaseBackend::Postgres => (
            "DATE '1900-01-01' + n * 3",
            format!("id, ('word' || id || ':1A common:2A {}')::tsvector", plot.join(" ")),
        ),
        _ => (
            "date('1900-01-01', '+' || (n * 3) || ' days')",
            "id, 'word' || id || ' common', '', ''".to_owned(),
        ),
    };
    let columns = if backend == DatabaseBackend::Postgres {
        "movie_search (movie_id, document)"
    } else {
        "movie_search (rowid, title, people, plot)"
    };
    let mut statements = vec![
        "INSERT INTO countries (id, code, name, name_key, search_key)
         VALUES (1, 'US', 'America', 'america', 'america'), (2, 'FR', 'France', 'france', 'france')"
            .to_owned(),
        format!(
            "INSERT INTO movies (id, name, sort_key, date, score, overview, status, budget, revenue, country_id)
             SELECT n, 'Film ' || n, 'film ' || n, {day}, (n % 9990) / 100.0, '',
                    CASE WHEN n % 2000 = 0 THEN 'In Production' ELSE 'Released' END, n % 1000, n % 777,
                    CASE WHEN n % 2000 = 1 THEN 2 ELSE 1 END
             FROM ({numbers}) numbers"
        ),
        format!("INSERT INTO {columns} SELECT {document} FROM movies"),
    ];
    for (named, links, column) in [
        ("genres", "movies_genres", "genre_id"),
        ("actors", "actors_movies", "actor_id"),
        ("languages", "movies_languages", "language_id"),
    ] {
        statements.push(format!(
            "INSERT INTO {named} (id, name, name_key, search_key)
             VALUES (1, 'Often', 'often', 'often'), (2, 'Rare', 'rare', 'rare')"
        ));
        statements.push(format!(
            "INSERT INTO {links} (movie_id, {column}) SELECT id, CASE WHEN id % 2000 = 0 THEN 2 ELSE 1 END FROM movies"
        ));
    }
    statements.push("ANALYZE".to_owned());
    if backend == DatabaseBackend::Postgres {
        // So many rows at once may take longer than a caller waits.
        for statement in &mut statements {
            statement.insert_str(0, "SET statement_timeout = 0; ");
        }
    }
    for statement in statements {
        pools.writer.execute_unprepared(&statement).await.unwrap();
    }
    store
}

async fn plan(store: &Store, sql: &str, values: Vec<Value>) -> String {
    let (explain, column) = match store.reader.get_database_backend() {
        DatabaseBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let rows = all(&store.reader, format!("{explain} {sql}"), values).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| get(row, column).unwrap()).collect();
    lines.join("\n")
}

/// What of a plan reads or sorts the whole catalogue.
fn reads_everything<'a>(sql: &str, plan: &'a str) -> Option<&'a str> {
    plan.lines().find(|line| {
        let whole_table = line.contains("Seq Scan on movies") || line.contains("Seq Scan on movie_search");
        // SQLite walks in the order of its ids without any index.
        let whole_index = line.trim() == "SCAN m" && !sql.contains("ORDER BY m.id");
        whole_table || whole_index
    })
}

fn name(text: &str) -> Vec<Name> {
    vec![Name::parse(text).unwrap()]
}

on_every_database! {
    async fn every_filter_is_answered_by_an_index(url: String) {
        let store = full(&url).await;
        let year = Year::new(1925).ok();
        let filters = [
            ("genre_id", MovieFilter { genres: name("rare"), ..MovieFilter::default() }),
            ("actor_id", MovieFilter { actors: name("rare"), ..MovieFilter::default() }),
            ("language_id", MovieFilter { languages: name("rare"), ..MovieFilter::default() }),
            ("country_id", MovieFilter { countries: vec![CountryCode::parse("FR").unwrap()], ..MovieFilter::default() }),
            ("status", MovieFilter { statuses: vec![MovieStatus::InProduction], ..MovieFilter::default() }),
            ("date", MovieFilter { year_from: year, year_to: year, ..MovieFilter::default() }),
            ("score", MovieFilter { score_min: Score::new(99.8).ok(), ..MovieFilter::default() }),
        ];
        for (index, filter) in filters {
            let conditions = Conditions::of(&store.reader, &filter).await.unwrap().unwrap();
            // In an order that makes it tempting to walk through all films instead.
            let sql = part_of(&conditions, MovieSort::Budget, Direction::Descending, 10, 0);
            let plan = plan(&store, &sql, conditions.values).await;
            let used = plan.lines().any(|line| line.to_lowercase().contains("index") && line.contains(index));
            assert!(used && reads_everything(&sql, &plan).is_none(), "{index}: {sql}\n{plan}");
        }
    }

    async fn a_search_is_answered_by_an_index_and_what_it_found_by_another(url: String) {
        let store = full(&url).await;
        let backend = store.reader.get_database_backend();
        let query = SearchQuery::parse("word777").unwrap();
        let terms = SearchTerms::new(&query, |word| vec![word.to_owned()]);
        let (found, index) = match backend {
            DatabaseBackend::Postgres => (documents(&terms, ""), "ix_movie_search_document"),
            _ => (fts(&terms), "VIRTUAL TABLE INDEX"),
        };
        let mut few = Conditions::default();
        few.among(backend, [3, 14, 159].into_iter());
        let part = part_of(&few, MovieSort::Budget, Direction::Descending, 10, 0);
        let by_id = if backend == DatabaseBackend::Postgres { "movies_pkey" } else { "PRIMARY KEY" };
        for ((sql, values), index) in [(found, index), ((part, few.values), by_id)] {
            let plan = plan(&store, &sql, values).await;
            assert!(plan.contains(index) && reads_everything(&sql, &plan).is_none(), "{sql}\n{plan}");
        }
    }

    async fn every_order_is_that_of_an_index(url: String) {
        let store = full(&url).await;
        for sort in MovieSort::ALL {
            for direction in [Direction::Ascending, Direction::Descending] {
                let open = part_of(&Conditions::default(), sort, direction, 11, 0);
                let often = MovieFilter { genres: name("often"), ..MovieFilter::default() };
                let often = Conditions::of(&store.reader, &often).await.unwrap().unwrap();
                let often = part_of(&often, sort, direction, 11, 0);
                for sql in [open, often, part_of_all(sort, direction, 10, 500)] {
                    let plan = plan(&store, &sql, vec![]).await;
                    // Ten rows may be sorted, a catalogue may not.
                    assert!(reads_everything(&sql, &plan).is_none(), "{sql}\n{plan}");
                    let column = super::order::column(sort).unwrap_or("");
                    assert!(plan.contains(column), "{sql}\n{plan}");
                }
            }
        }
    }

    async fn a_statement_without_an_index_is_noticed(url: String) {
        let store = full(&url).await;
        let sql = "SELECT m.id FROM movies m ORDER BY m.overview LIMIT 10";
        let plan = plan(&store, sql, vec![]).await;
        assert!(reads_everything(sql, &plan).is_some(), "{plan}");
    }
}
