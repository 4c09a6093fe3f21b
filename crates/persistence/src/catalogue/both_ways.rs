//! A large catalogue is searched in another way than a small one: both give the same films in the same order.

use std::sync::Arc;

use domain::{
    catalogue::{
        CountryCode, Direction, Money, MovieDraft, MovieFilter, MovieId, MovieOrder, MovieSort, MovieStatus,
        Name, NameList, Overview, ReleaseDate, Score, SearchQuery,
    },
    page::{PageNumber, PageSize, Position},
    ports::{CatalogueQueries, UnitOfWorkFactory},
};
use test_support::{CountingRandomness, on_every_database};

use crate::{Store, connect, migrate_up, store::SearchLimits};

const TITLES: [&str; 4] = ["Léon", "The Wolf and the Lion", "A Wolf", "Wolves at the Door"];
const OVERVIEWS: [&str; 3] = ["A wolf in a city.", "Nothing of the kind.", ""];
const ACTORS: [&str; 3] = ["Jean Reno", "Wolf Larsen", "Ann Lee"];

fn film(number: u32) -> MovieDraft {
    let one_of = |texts: &[&'static str], salt: u32| texts[((number * 7 + salt) % 13) as usize % texts.len()];
    let names = |name: &str| NameList::new([Name::parse(name).unwrap()]).unwrap();
    MovieDraft {
        name: Name::parse(one_of(&TITLES, number / 3)).unwrap(),
        date: ReleaseDate::parse(&format!("{}-0{}-01", 1990 + number % 12, 1 + number % 9)).unwrap(),
        score: Score::new(f64::from(number % 5) * 20.0).unwrap(),
        overview: Overview::parse(one_of(&OVERVIEWS, 1)).unwrap(),
        status: if number.is_multiple_of(3) { MovieStatus::InProduction } else { MovieStatus::Released },
        budget: Money::from_cents(i64::from(number % 4)).unwrap(),
        revenue: Money::from_cents(i64::from(number % 2)).unwrap(),
        country: CountryCode::parse("FR").unwrap(),
        genres: names("Drama"),
        actors: names(one_of(&ACTORS, 2)),
        languages: names("French"),
    }
}

async fn walk(store: &Store, filter: &MovieFilter, order: MovieOrder) -> Vec<MovieId> {
    let size = PageSize::new(7).unwrap();
    let mut position = Position::Page(PageNumber::FIRST);
    let mut ids = Vec::new();
    loop {
        let part = store.movies(filter, order, position, size).await.unwrap();
        ids.extend(part.page.items.iter().map(|film| film.id));
        let Some(next) = part.next else { return ids };
        position = Position::After(next);
    }
}

fn filters(words: &str) -> [MovieFilter; 3] {
    let searched = MovieFilter { search: SearchQuery::parse(words).ok(), ..MovieFilter::default() };
    let by_status = MovieFilter { statuses: vec![MovieStatus::Released], ..searched.clone() };
    let by_score = MovieFilter { score_min: Score::new(40.0).ok(), ..by_status.clone() };
    [searched, by_status, by_score]
}

on_every_database! {
    async fn films_are_the_same_and_in_the_same_order(url: String) {
        let pools = connect(&url, 5).await.unwrap();
        migrate_up(&pools.writer).await.unwrap();
        let small = Store::new(pools, Arc::new(CountingRandomness::default()));
        let mut large = small.clone();
        large.limits = SearchLimits { few_found: 0, many_pages: 0 };
        large.id_lists = Arc::default();
        let films: Vec<_> = (0..120).map(film).collect();
        let unit = small.begin().await.unwrap();
        unit.movies().add_missing(&films).await.unwrap();
        unit.commit().await.unwrap();

        let by = |sort| [Direction::Ascending, Direction::Descending].map(|direction| MovieOrder::By(sort, direction));
        let orders = MovieSort::ALL.into_iter().flat_map(by).chain([MovieOrder::Relevance]);
        let orders: Vec<_> = orders.collect();
        let mut found = 0;
        for filter in ["wolf", "a", "leon", "wolves door", "reno", "nobody"].into_iter().flat_map(filters) {
            for order in &orders {
                let expected = walk(&small, &filter, *order).await;
                assert_eq!(walk(&large, &filter, *order).await, expected, "{filter:?} {order:?}");
                found += expected.len();
            }
        }
        assert!(found > 1_000, "{found}");
    }

    async fn a_place_is_found_whoever_went_from_around_it(url: String) {
        let pools = connect(&url, 5).await.unwrap();
        migrate_up(&pools.writer).await.unwrap();
        let store = Store::new(pools, Arc::new(CountingRandomness::default()));
        let films: Vec<_> = (0..120).map(film).collect();
        let unit = store.begin().await.unwrap();
        unit.movies().add_missing(&films).await.unwrap();
        unit.commit().await.unwrap();
        let [filter, ..] = filters("wolf");
        for sort in MovieSort::ALL {
            let order = MovieOrder::By(sort, Direction::Descending);
            let first = Position::Page(PageNumber::FIRST);
            let start = store.movies(&filter, order, first, PageSize::new(10).unwrap()).await.unwrap();
            let place = start.next.unwrap();
            let all = walk(&store, &filter, order).await;
            let unit = store.begin().await.unwrap();
            for id in &all[7..12] {
                unit.movies().remove(*id).await.unwrap();
            }
            unit.commit().await.unwrap();
            let rest = store.movies(&filter, order, Position::After(place), PageSize::new(100).unwrap()).await.unwrap();
            let rest: Vec<_> = rest.page.items.iter().map(|film| film.id).collect();
            assert_eq!(rest, all[12..], "{sort:?}");
        }
    }

    async fn a_place_is_found_though_nobody_said_that_its_neighbours_went(url: String) {
        let pools = connect(&url, 5).await.unwrap();
        migrate_up(&pools.writer).await.unwrap();
        let randomness = Arc::new(CountingRandomness::default());
        let store = Store::new(pools.clone(), randomness.clone());
        let other_process = Store::new(pools, randomness);
        let films: Vec<_> = (0..120).map(film).collect();
        let unit = store.begin().await.unwrap();
        unit.movies().add_missing(&films).await.unwrap();
        unit.commit().await.unwrap();
        let [filter, ..] = filters("wolf");
        let order = MovieOrder::By(MovieSort::Name, Direction::Ascending);
        let all = walk(&store, &filter, order).await;
        let first = Position::Page(PageNumber::FIRST);
        let start = store.movies(&filter, order, first, PageSize::new(10).unwrap()).await.unwrap();
        let unit = other_process.begin().await.unwrap();
        // More than are compared at once.
        for id in &all[2..38] {
            unit.movies().remove(*id).await.unwrap();
        }
        unit.commit().await.unwrap();
        let place = Position::After(start.next.unwrap());
        let rest = store.movies(&filter, order, place, PageSize::new(100).unwrap()).await.unwrap();
        let rest: Vec<_> = rest.page.items.iter().map(|film| film.id).collect();
        assert_eq!(rest, all[38..]);
    }
}
