//! Lists of movies: for every query, by page or by cursor, the database returns the same movies in the same order as the
//! store in memory.

use domain::{
    catalogue::{
        CatalogueQueries, CatalogueUnit, CountryCode, Direction, MovieCursor, MovieDraft, MovieFilter,
        MovieId, MovieOrder, MovieSort, MovieStatus, Name, Overview, ReleaseDate, Score, SearchQuery,
        SortKey, Year,
    },
    money::{Currency, Money},
    page::{PageNumber, PageSize, Position},
    store::{Begin, StoreError},
};
use proptest::{
    prelude::*,
    sample::{select, subsequence},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use test_fakes::MemoryStore;
use test_servers::on_every_database;

use crate::world::{Stores, draft, names, store};

const TITLES: [&str; 15] = [
    "Léon",
    "Leon the Pig Farmer",
    "Spider-Man",
    "Spider Man 2",
    "The Matrix",
    "Matrix Reloaded",
    "100% Wolf",
    "100 Wolves",
    "千と千尋の神隠し",
    "Ocean's Eleven",
    "Up",
    "!!!",
    "M*A*S*H",
    "8½",
    "기생충",
];
const GENRES: [&str; 4] = ["Drama", "Comedy", "Crime", "Animation"];
const ACTORS: [&str; 5] = ["Jean Reno", "Léa Seydoux", "Keanu Reeves", "Leonardo DiCaprio", "Rumi Hiiragi"];
const OVERVIEWS: [&str; 4] =
    ["", "A spider bites a man.", "Leon comes to the city.", "Wolves in the matrix of a city."];
const COUNTRIES: [&str; 3] = ["FR", "US", "JP"];
const SEARCHES: [&str; 24] = [
    "leon",
    "LÉON",
    "spider man",
    "spiderman",
    "spider-man",
    "matrx",
    "matirx reloded",
    "the",
    "man",
    "100%",
    "%",
    "_",
    "wolf",
    "wolves city",
    "lea",
    "reno leon",
    "千と",
    "神隠し",
    "mash",
    "8 1/2",
    "생충",
    "oceans",
    "nothing at all",
    "!!!",
];

fn movie() -> impl Strategy<Value = MovieDraft> {
    let numbers = (0_u32..4, 1990_i32..1994, 0_i64..3, 0_i64..3, 1_u32..4);
    let words =
        (select(&TITLES[..]), select(&OVERVIEWS[..]), select(&COUNTRIES[..]), select(&MovieStatus::ALL[..]));
    let lists = (subsequence(&GENRES[..], 0..3), subsequence(&ACTORS[..], 0..4));
    (numbers, words, lists).prop_map(|((score, year, budget, revenue, month), words, (genres, actors))| {
        let (title, overview, country, status) = words;
        MovieDraft {
            name: Name::parse(title).unwrap(),
            date: ReleaseDate::parse(&format!("{year}-{month:02}-01")).unwrap(),
            score: Score::new(f64::from(score) * 33.3).unwrap(),
            overview: Overview::parse(overview).unwrap(),
            status,
            budget: Money::new(budget, Currency::Usd).unwrap(),
            revenue: Money::new(revenue, Currency::Usd).unwrap(),
            country: CountryCode::parse(country).unwrap(),
            genres: names(&genres),
            actors: names(&actors),
            languages: names(&["French"]),
        }
    })
}

fn filter() -> impl Strategy<Value = MovieFilter> {
    // Each condition is rare; otherwise most queries would match nothing.
    fn rarely<S: Strategy>(strategy: S) -> impl Strategy<Value = Option<S::Value>> {
        proptest::option::weighted(0.2, strategy)
    }
    let name = |text: &str| Name::parse(&text.to_uppercase()).unwrap();
    let lists = (
        rarely(subsequence(&GENRES[..], 1..3)),
        rarely(subsequence(&ACTORS[..], 1..3)),
        rarely(subsequence(&COUNTRIES[..], 1..3)),
        rarely(subsequence(&MovieStatus::ALL[..], 1..3)),
    );
    let bounds = (rarely(1989_i64..1995), rarely(1989_i64..1995), rarely(0_u32..4), rarely(0_u32..4));
    let search = proptest::option::weighted(0.4, select(&SEARCHES[..]));
    (search, lists, bounds).prop_map(move |(search, (genres, actors, countries, statuses), bounds)| {
        let all = |texts: Option<Vec<&str>>| texts.unwrap_or_default().into_iter().map(name).collect();
        let year = |year: Option<i64>| year.map(|year| Year::new(year).unwrap());
        let score = |score: Option<u32>| score.map(|score| Score::new(f64::from(score) * 33.3).unwrap());
        MovieFilter {
            search: search.map(|text| SearchQuery::parse(text).unwrap()),
            genres: all(genres),
            actors: all(actors),
            countries: countries
                .unwrap_or_default()
                .into_iter()
                .map(|code| CountryCode::parse(code).unwrap())
                .collect(),
            statuses: statuses.unwrap_or_default(),
            year_from: year(bounds.0),
            year_to: year(bounds.1),
            score_min: score(bounds.2),
            score_max: score(bounds.3),
            ..MovieFilter::default()
        }
    })
}

fn order() -> impl Strategy<Value = MovieOrder> {
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let by = (select(&MovieSort::ALL[..]), direction)
        .prop_map(|(sort, direction)| MovieOrder::By(sort, direction));
    prop_oneof![3 => by, 1 => Just(MovieOrder::Relevance)]
}

/// The next value; the sequence is the same in each run.
fn drawn<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

async fn add_all(store: &impl Begin<dyn CatalogueUnit>, drafts: &[MovieDraft]) {
    let unit = store.begin().await.unwrap();
    unit.movies().add_missing(drafts).await.unwrap();
    unit.commit().await.unwrap();
}

/// The names and dates of movies, which identify them in both stores.
type Listed = Vec<(String, String)>;

async fn by_pages(
    queries: &dyn CatalogueQueries,
    filter: &MovieFilter,
    order: MovieOrder,
    size: PageSize,
) -> Listed {
    let mut listed = Vec::new();
    for number in 1.. {
        let position = Position::Page(PageNumber::new(number).unwrap());
        let part = queries.movies(filter, order, position, size).await.unwrap();
        listed.extend(part.page.items.iter().map(|movie| (movie.name.to_string(), movie.date.to_string())));
        assert_eq!((part.next.is_some(), part.page.total.is_some()), (part.page.has_more, true));
        if !part.page.has_more {
            assert_eq!(part.page.total, i64::try_from(listed.len()).ok(), "{filter:?}");
            break;
        }
    }
    listed
}

async fn by_cursor(
    queries: &dyn CatalogueQueries,
    filter: &MovieFilter,
    order: MovieOrder,
    size: PageSize,
) -> Listed {
    let mut listed = Vec::new();
    let mut position = Position::Page(PageNumber::FIRST);
    loop {
        let part = queries.movies(filter, order, position, size).await.unwrap();
        listed.extend(part.page.items.iter().map(|movie| (movie.name.to_string(), movie.date.to_string())));
        let Some(next) = part.next else { return listed };
        position = Position::After(next);
    }
}

async fn ids_after(store: &Stores, order: MovieOrder, mut next: Option<MovieCursor>) -> Vec<MovieId> {
    let mut ids = Vec::new();
    while let Some(cursor) = next {
        let position = Position::After(cursor);
        let part = store
            .catalogue
            .movies(&MovieFilter::default(), order, position, PageSize::new(7).unwrap())
            .await
            .unwrap();
        ids.extend(part.page.items.iter().map(|movie| movie.id));
        next = part.next;
    }
    ids
}

async fn run_sql(url: &str, sql: &str) {
    let pools = persistence::connect(url, 1).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&pools.writer, sql).await.unwrap();
}

async fn remove(store: &Stores, id: MovieId) -> Result<(), StoreError> {
    let unit = store.catalogue.begin().await?;
    unit.movies().remove(id).await?;
    unit.commit().await
}

on_every_database! {
    async fn pages_and_cursors_return_the_same_movies_as_the_store_in_memory(url: String) {
        let store = store(&url).await;
        let mut runner = TestRunner::deterministic();
        let memory = MemoryStore::default();
        // The first round queries an empty catalogue.
        for round in 0..4 {
            for _ in 0..round * 10 {
                let movie = drawn(&mut runner, &movie());
                add_all(&memory, std::slice::from_ref(&movie)).await;
                add_all(&store.catalogue, &[movie]).await;
            }
            for _ in 0..60 {
                let (filter, mut order) = (drawn(&mut runner, &filter()), drawn(&mut runner, &order()));
                if order == MovieOrder::Relevance && filter.search.is_none() {
                    order = MovieOrder::default();
                }
                let size = PageSize::new(drawn(&mut runner, &(1_i64..9))).unwrap();
                let expected = by_cursor(&memory, &filter, order, PageSize::new(100).unwrap()).await;
                assert_eq!(by_pages(&store.catalogue, &filter, order, size).await, expected, "pages: {filter:?} {order:?} {size:?}");
                assert_eq!(by_cursor(&store.catalogue, &filter, order, size).await, expected, "cursor: {filter:?} {order:?} {size:?}");
            }
        }
    }

    async fn paging_by_cursor_returns_every_movie_once_despite_concurrent_changes(url: String) {
        let store = store(&url).await;
        let drafts: Vec<_> = (0..40).map(|number| draft(&format!("Movie {number:02}"))).collect();
        add_all(&store.catalogue, &drafts).await;
        for sort in MovieSort::ALL {
            let order = MovieOrder::By(sort, Direction::Ascending);
            let first = Position::Page(PageNumber::FIRST);
            let start = store.catalogue.movies(&MovieFilter::default(), order, first, PageSize::new(20).unwrap()).await.unwrap();
            let seen: Vec<_> = start.page.items.iter().map(|movie| movie.id).collect();
            let rest = ids_after(&store, order, start.next.clone()).await;
            // Removes two returned movies, one of them at the cursor; the added movie sorts before or after the cursor.
            remove(&store, seen[3]).await.unwrap();
            remove(&store, seen[19]).await.unwrap();
            add_all(&store.catalogue, &[draft(&format!("Aaa {}", sort.as_str()))]).await;
            let after: Vec<_> = ids_after(&store, order, start.next).await;
            assert!(rest.iter().all(|id| after.contains(id)), "{sort:?}");
            assert!(after.len() <= rest.len() + 1 && !after.iter().any(|id| seen.contains(id)), "{sort:?}");
        }
    }

    async fn deep_pages_match_the_list_and_reflect_every_change(url: String) {
        let store = store(&url).await;
        let movies = |from: u32, to: u32| -> Vec<_> {
            let movie = |number: u32| {
                let mut movie = draft(&format!("Movie {number}"));
                movie.score = Score::new(f64::from(number % 13)).unwrap();
                (movie.actors, movie.genres) = (names(&[]), names(if number.is_multiple_of(2) { &["Drama"] } else { &[] }));
                movie
            };
            (from..to).map(movie).collect()
        };
        add_all(&store.catalogue, &movies(0, 2_450)).await;
        let order = MovieOrder::By(MovieSort::Score, Direction::Descending);
        let filters = [MovieFilter::default(), MovieFilter { genres: vec![Name::parse("drama").unwrap()], ..MovieFilter::default() }];
        for filter in &filters {
            let expected = by_cursor(&store.catalogue, filter, order, PageSize::new(100).unwrap()).await;
            for size in [100, 60] {
                assert_eq!(by_pages(&store.catalogue, filter, order, PageSize::new(size).unwrap()).await, expected);
            }
        }
        let page = async |number| {
            let position = Position::Page(PageNumber::new(number).unwrap());
            store.catalogue.movies(&filters[0], order, position, PageSize::new(100).unwrap()).await.unwrap().page
        };
        let (before, last) = (page(12).await, page(25).await);
        assert_eq!((last.items.len(), last.has_more, last.total), (50, false, Some(2_450)));
        remove(&store, before.items[0].id).await.unwrap();
        assert_eq!(page(12).await.items[..99], before.items[1..]);
        add_all(&store.catalogue, &movies(2_450, 2_502)).await;
        assert_eq!((page(26).await.items.len(), page(26).await.total), (1, Some(2_501)));
    }

    async fn a_search_has_at_most_a_thousand_matches_after_the_filter(url: String) {
        let store = store(&url).await;
        let movies: Vec<_> = (0..1_010)
            .map(|number| {
                let mut movie = draft(&format!("Common {number}"));
                (movie.actors, movie.genres) = (names(&[]), names(if number < 5 { &["Rare"] } else { &[] }));
                movie
            })
            .collect();
        add_all(&store.catalogue, &movies).await;
        let search = |genres| MovieFilter { search: SearchQuery::parse("common").ok(), genres, ..MovieFilter::default() };
        for order in [MovieOrder::Relevance, MovieOrder::By(MovieSort::Name, Direction::Ascending)] {
            for (genres, total) in [(vec![], 1_000), (vec![Name::parse("rare").unwrap()], 5)] {
                let first = Position::Page(PageNumber::FIRST);
                let page = store.catalogue.movies(&search(genres), order, first, PageSize::DEFAULT).await.unwrap().page;
                assert_eq!(page.total, Some(total), "{order:?}");
            }
        }
        let past_the_end = Position::Page(PageNumber::new(101).unwrap());
        let page = store.catalogue.movies(&search(vec![]), MovieOrder::Relevance, past_the_end, PageSize::DEFAULT).await.unwrap().page;
        assert_eq!((page.items.len(), page.total), (0, Some(1_000)));
    }

    async fn without_trigrams_whole_words_are_found_and_typing_errors_are_not_tolerated(url: String) {
        let postgres = url.starts_with("postgres");
        let first = store(&url).await;
        add_all(&first.catalogue, &[draft("The Matrix")]).await;
        if postgres {
            run_sql(&url, "DROP EXTENSION pg_trgm CASCADE").await;
        }
        let found = async |store: &Stores, text: &str| {
            let filter = MovieFilter { search: SearchQuery::parse(text).ok(), ..MovieFilter::default() };
            by_pages(&store.catalogue, &filter, MovieOrder::Relevance, PageSize::DEFAULT).await.len()
        };
        // A store that starts without the extension.
        let without = store(&url).await;
        assert_eq!((found(&without, "matrix").await, found(&without, "matirx").await), (1, usize::from(!postgres)));
        if postgres {
            run_sql(&url, "CREATE EXTENSION pg_trgm").await;
        }
        let again = store(&url).await;
        assert_eq!((found(&again, "matrix").await, found(&again, "matirx").await), (1, 1));
    }

    async fn a_cursor_after_the_last_movie_returns_an_empty_page(url: String) {
        let store = store(&url).await;
        add_all(&store.catalogue, &[draft("Amélie")]).await;
        let order = MovieOrder::By(MovieSort::Score, Direction::Descending);
        let cursor = MovieCursor { order, key: SortKey::Score(0.0), id: MovieId(1) };
        let part = store.catalogue.movies(&MovieFilter::default(), order, Position::After(cursor), PageSize::DEFAULT).await.unwrap();
        assert!(part.page.items.is_empty() && part.next.is_none());
    }
}
