use application::{
    ListError,
    catalogue::{MovieError, create_movie, delete_movie, get_movie, list_movies, update_movie},
};
use domain::{
    catalogue::{
        CountryCode, MovieCursor, MovieDraft, MovieFilter, MovieId, MovieOrder, MoviePatch, MovieStatus,
        MovieSummary, Name, NameList, Overview, ReleaseDate, Score, SortKey,
    },
    money::{Currency, Money},
    page::{Page, PageNumber, PageSize, Position},
};

use crate::world::World;

fn names(texts: &[&str]) -> NameList {
    NameList::new(texts.iter().map(|text| Name::parse(text).unwrap())).unwrap()
}

pub(crate) fn draft(name: &str) -> MovieDraft {
    MovieDraft {
        name: Name::parse(name).unwrap(),
        date: ReleaseDate::parse("2001-04-25").unwrap(),
        score: Score::new(79.0).unwrap(),
        overview: Overview::parse("A shy waitress.").unwrap(),
        status: MovieStatus::Released,
        budget: Money::parse("10000000", Currency::Usd).unwrap(),
        revenue: Money::parse("174200000.50", Currency::Usd).unwrap(),
        country: CountryCode::parse("FR").unwrap(),
        genres: names(&["Comedy"]),
        actors: names(&["Audrey Tautou"]),
        languages: names(&["French"]),
    }
}

async fn page(world: &World, number: i64, size: i64) -> Result<Page<MovieSummary>, ListError> {
    let position = Position::Page(PageNumber::new(number).unwrap());
    let (filter, order) = (MovieFilter::default(), MovieOrder::default());
    let found = list_movies(&world.catalogue, &filter, order, position, PageSize::new(size).unwrap()).await?;
    Ok(found.page)
}

#[tokio::test]
async fn creating_a_movie_returns_it_in_full() {
    let world = World::new();
    let movie = create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    assert_eq!((movie.country.name.as_str(), movie.genres[0].name.as_str()), ("France", "Comedy"));
    assert_eq!(get_movie(&world.catalogue, movie.id).await.unwrap(), movie);
}

#[tokio::test]
async fn a_movie_with_the_same_name_and_date_is_refused_and_not_stored() {
    let world = World::new();
    create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let error = create_movie(&world.catalogue, draft("Amélie")).await.unwrap_err();
    let text = "A movie with the name 'Amélie' and release date '2001-04-25' already exists.";
    assert!(matches!(error, MovieError::AlreadyExists { .. }));
    assert_eq!((error.to_string().as_str(), world.store.movies().len()), (text, 1));
}

#[tokio::test]
async fn the_newest_movie_comes_first_and_a_page_past_the_end_is_an_error() {
    let world = World::new();
    for number in 1..=5 {
        create_movie(&world.catalogue, draft(&format!("Movie {number}"))).await.unwrap();
    }
    let first = page(&world, 1, 2).await.unwrap();
    assert_eq!((first.items[0].name.as_str(), first.has_more, first.total), ("Movie 5", true, Some(5)));
    let last = page(&world, 3, 2).await.unwrap();
    assert_eq!((last.items.len(), last.has_more), (1, false));
    let past = page(&world, 4, 2).await;
    assert!(matches!(past, Err(ListError::PastTheEnd("movies"))));
}

#[tokio::test]
async fn an_empty_catalogue_has_an_empty_first_page() {
    let world = World::new();
    let first = page(&world, 1, 10).await.unwrap();
    assert!(first.items.is_empty() && !first.has_more);
}

#[tokio::test]
async fn a_cursor_after_the_last_movie_returns_an_empty_page() {
    let world = World::new();
    let order = MovieOrder::default();
    let position = Position::After(MovieCursor { order, key: SortKey::Id, id: MovieId(1) });
    let filter = MovieFilter::default();
    let found = list_movies(&world.catalogue, &filter, order, position, PageSize::DEFAULT).await.unwrap();
    assert!(found.page.items.is_empty());
}

#[tokio::test]
async fn an_update_changes_only_the_given_fields() {
    let world = World::new();
    let before = create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let patch =
        MoviePatch { score: Score::new(81.5).ok(), genres: Some(names(&["Romance"])), ..Default::default() };
    let after = update_movie(&world.catalogue, before.id, patch, None).await.unwrap();
    assert_eq!((after.score.value(), after.genres[0].name.as_str()), (81.5, "Romance"));
    assert_eq!((after.name, after.actors, after.budget), (before.name, before.actors, before.budget));
}

#[tokio::test]
async fn a_movie_cannot_take_the_name_and_date_of_another() {
    let world = World::new();
    create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let other = create_movie(&world.catalogue, draft("Delicatessen")).await.unwrap();
    let patch = MoviePatch { name: Name::parse("Amélie").ok(), ..Default::default() };
    let error = update_movie(&world.catalogue, other.id, patch, None).await.unwrap_err();
    let text = "A movie with the name 'Amélie' and release date '2001-04-25' already exists.";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn a_failed_precondition_leaves_the_movie_unchanged() {
    let world = World::new();
    let movie = create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let patch = MoviePatch { score: Score::new(1.0).ok(), ..Default::default() };
    let edited = update_movie(&world.catalogue, movie.id, patch.clone(), Some(&|_| false)).await;
    assert!(matches!(edited, Err(MovieError::Changed(_))));
    let deleted = delete_movie(&world.catalogue, movie.id, Some(&|_| false)).await;
    assert!(matches!(deleted, Err(MovieError::Changed(_))));
    assert_eq!(get_movie(&world.catalogue, movie.id).await.unwrap(), movie);
    assert!(update_movie(&world.catalogue, movie.id, patch, Some(&|now| *now == movie)).await.is_ok());
}

#[tokio::test]
async fn a_deleted_movie_is_not_found() {
    let world = World::new();
    let id = create_movie(&world.catalogue, draft("Amélie")).await.unwrap().id;
    delete_movie(&world.catalogue, id, None).await.unwrap();
    assert!(matches!(delete_movie(&world.catalogue, id, None).await, Err(MovieError::NotFound)));
    assert!(matches!(get_movie(&world.catalogue, id).await, Err(MovieError::NotFound)));
    let edited = update_movie(&world.catalogue, id, MoviePatch::default(), None).await;
    assert!(matches!(edited, Err(MovieError::NotFound)));
}
