//! Every filter and every order uses an index, according to the plans that both databases make of the statements as sent.

use std::sync::Arc;

use domain::{
    catalogue::{
        CountryCode, Direction, MovieFilter, MovieOrder, MovieSort, MovieStatus, Name, Score, SearchQuery,
        SearchTerms, Year,
    },
    page::{PageNumber, PageSize, Position},
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, Value,
    sea_query::{Order, Query, SelectStatement},
};
use test_fakes::CountingRandomness;
use test_servers::{on_every_database, size};

use super::{
    conditions::Conditions,
    get,
    list::{listed, searched},
    order,
};
use crate::{CatalogueStore, Database, connect, migrate_up};

/// A store of generated movies, few of which match the filters; enough for reading all of them to be the slowest plan.
async fn full(url: &str) -> CatalogueStore {
    let pools = connect(url, 2).await.unwrap();
    migrate_up(&pools.writer).await.unwrap();
    let store = CatalogueStore::new(Database::new(pools.clone(), Arc::new(CountingRandomness::default())));
    let backend = store.database.backend();
    // PostgreSQL scans a smaller table in full.
    let movies = if backend == DatabaseBackend::Postgres { 40_000 } else { size(10_000, 40_000) };
    let numbers = match backend {
        DatabaseBackend::Postgres => format!("SELECT n FROM generate_series(1, {movies}) n"),
        _ => format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {movies})
             SELECT n FROM numbers"
        ),
    };
    // As wide as real documents, and of words as rare as real ones: PostgreSQL scans a narrow table in full.
    let plot = "SELECT string_agg('aplot' || id * word % 4001, ' ') FROM generate_series(1, 40) word";
    let (day, document) = match backend {
        DatabaseBackend::Postgres => (
            "DATE '1900-01-01' + n * 3",
            format!(
                "id, ('tword' || id || ' nword' || id || ' aword' || id || ' tcommon ncommon acommon ' || ({plot}))::tsvector"
            ),
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
            "INSERT INTO movies (id, name, sort_key, name_key, date, score, overview, status, budget, revenue, country_id)
             SELECT n, 'Movie ' || n, 'movie ' || n, 'movie ' || n, {day}, (n % 9990) / 100.0, '',
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
        // Writing this number of rows at once may exceed the statement timeout.
        for statement in &mut statements {
            statement.insert_str(0, "SET statement_timeout = 0; SET lock_timeout = 0; ");
        }
    }
    for statement in statements {
        pools.writer.execute_unprepared(&statement).await.unwrap();
    }
    store
}

/// A statement and its plan in the database.
async fn plan(store: &CatalogueStore, query: &SelectStatement) -> (String, String) {
    let mut statement = store.database.backend().build(query);
    let (explain, column) = match store.database.backend() {
        DatabaseBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let sql = statement.to_string();
    statement.sql = format!("{explain} {}", statement.sql);
    let rows = store.database.reader.query_all_raw(statement).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| get(row, column).unwrap()).collect();
    (sql, lines.join("\n"))
}

const BUDGET: MovieOrder = MovieOrder::By(MovieSort::Budget, Direction::Descending);

fn first() -> Position<Vec<Value>> {
    Position::Page(PageNumber::FIRST)
}

/// The line of a plan that reads the whole catalogue.
fn reads_everything(plan: &str) -> Option<&str> {
    plan.lines().find(|line| {
        let whole_table = line.contains("Seq Scan on movies") || line.contains("Seq Scan on movie_search");
        // SQLite scans a table or an index; with an index it is in the order of the list.
        let line = line.trim();
        whole_table || (line.starts_with("SCAN m ") || line == "SCAN m") && !line.contains("INDEX")
    })
}

fn name(text: &str) -> Vec<Name> {
    vec![Name::parse(text).unwrap()]
}

on_every_database! {
    async fn every_filter_uses_an_index(url: String) {
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
            let conditions = Conditions::of(&store.database.reader, &filter).await.unwrap().unwrap();
            // In this order the planner may prefer to walk through all movies.
            let (sql, plan) = plan(&store, &listed(&conditions, BUDGET, &first(), PageSize::DEFAULT)).await;
            let used = plan.lines().any(|line| line.to_lowercase().contains("index") && line.contains(index));
            assert!(used && reads_everything(&plan).is_none(), "{index}: {sql}\n{plan}");
        }
    }

    async fn a_search_uses_the_index_of_words(url: String) {
        let store = full(&url).await;
        let index = match store.database.backend() {
            DatabaseBackend::Postgres => "ix_movie_search_document",
            _ => "VIRTUAL TABLE INDEX",
        };
        for order in [MovieOrder::Relevance, BUDGET] {
            let query = SearchQuery::parse("word777").unwrap();
            let terms = SearchTerms::new(&query, |word| vec![word.to_owned()]);
            let query = searched(store.database.backend(), &terms, &Conditions::none(), order, &first(), PageSize::DEFAULT);
            let (sql, plan) = plan(&store, &query).await;
            assert!(plan.contains(index) && reads_everything(&plan).is_none(), "{sql}\n{plan}");
        }
    }

    async fn every_order_uses_an_index(url: String) {
        let store = full(&url).await;
        for sort in MovieSort::ALL {
            for direction in [Direction::Ascending, Direction::Descending] {
                let often = MovieFilter { genres: name("often"), ..MovieFilter::default() };
                let often = Conditions::of(&store.database.reader, &often).await.unwrap().unwrap();
                let page = Position::Page(PageNumber::new(51).unwrap());
                for (conditions, position) in [(&Conditions::none(), &first()), (&Conditions::none(), &page), (&often, &first())] {
                    let query = listed(conditions, MovieOrder::By(sort, direction), position, PageSize::DEFAULT);
                    let (sql, plan) = plan(&store, &query).await;
                    // The plan may sort ten rows, but not the catalogue.
                    let scan = reads_everything(&plan).filter(|line| sort != MovieSort::Id || line.trim() != "SCAN m");
                    assert!(scan.is_none(), "{sql}\n{plan}");
                    let column = order::column(sort).unwrap_or("");
                    assert!(plan.contains(column), "{sql}\n{plan}");
                }
            }
        }
    }

    async fn a_statement_without_an_index_is_detected(url: String) {
        let store = full(&url).await;
        let sort = ("m", "overview");
        let query = Query::select().column(("m", "id")).from_as("movies", "m").order_by(sort, Order::Asc).limit(10).take();
        let (_, plan) = plan(&store, &query).await;
        assert!(reads_everything(&plan).is_some(), "{plan}");
    }
}
