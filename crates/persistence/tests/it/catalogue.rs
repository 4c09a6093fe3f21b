use domain::{
    catalogue::{
        Added, CatalogueQueries, CountryCode, MovieCursor, MovieDraft, MovieFilter, MovieId, MovieOrder,
        MoviePage, MoviePatch, Name, Overview, Score, SortKey, Taxonomy, TaxonomyEntryId,
    },
    money::{Currency, Money},
    page::{Page, PageNumber, PageSize, Position},
    store::{Begin, StoreError},
};
use test_servers::on_every_database;

use crate::world::{Stores, create_movie, draft, names, store};

fn size(size: i64) -> PageSize {
    PageSize::new(size).unwrap()
}

async fn page(store: &Stores, number: i64, per_page: i64) -> Page<domain::catalogue::MovieSummary> {
    let number = PageNumber::new(number).unwrap();
    newest_first(store, Position::Page(number), per_page).await.page
}

async fn newest_first(store: &Stores, position: Position<MovieCursor>, per_page: i64) -> MoviePage {
    store
        .catalogue
        .movies(&MovieFilter::default(), MovieOrder::default(), position, size(per_page))
        .await
        .unwrap()
}

async fn update(store: &Stores, id: MovieId, patch: &MoviePatch) -> Result<(), StoreError> {
    let unit = store.catalogue.begin().await?;
    unit.movies().lock(id).await?;
    unit.movies().update(id, patch).await?;
    unit.commit().await
}

on_every_database! {
    async fn a_batch_of_movies_gets_ascending_ids_in_its_order(url: String) {
        let store = store(&url).await;
        let titles: Vec<_> = (0..1_500).map(|number| format!("Movie {}", number * 7 % 1_500)).collect();
        let drafts: Vec<_> = titles.iter().map(|title| draft(title)).collect();
        let unit = store.catalogue.begin().await.unwrap();
        unit.movies().add_missing(&drafts).await.unwrap();
        unit.commit().await.unwrap();
        let stored = store.catalogue.movies_in_full(None, 2_000).await.unwrap();
        assert!(stored.iter().map(|movie| movie.name.as_str()).eq(&titles));
    }

    async fn a_merge_covers_more_movies_than_fit_in_one_statement(url: String) {
        let store = store(&url).await;
        // Every third movie has both genres; a third of all movies is from France, the others are from Germany.
        let drafts: Vec<_> = (0..1_201)
            .map(|number| MovieDraft {
                genres: names([&["Drama"][..], &["Tragedy"], &["Drama", "Tragedy"]][number % 3]),
                actors: names(&["Ann Lee"]),
                country: CountryCode::parse(["FR", "DE", "DE"][number % 3]).unwrap(),
                ..draft(&format!("Movie {number}"))
            })
            .collect();
        let unit = store.catalogue.begin().await.unwrap();
        unit.movies().add_missing(&drafts).await.unwrap();
        unit.commit().await.unwrap();
        let movie = store.catalogue.movie(MovieId(1)).await.unwrap().unwrap();
        let other = store.catalogue.movie(MovieId(2)).await.unwrap().unwrap();
        let entry = |kind, id| TaxonomyEntryId { kind, id };
        let merges = [
            (entry(Taxonomy::Genre, other.genres[0].id), entry(Taxonomy::Genre, movie.genres[0].id)),
            (entry(Taxonomy::Country, other.country.id), entry(Taxonomy::Country, movie.country.id)),
        ];
        for (from, into) in merges {
            let unit = store.catalogue.begin().await.unwrap();
            unit.taxonomies().merge(from, into).await.unwrap();
            assert_eq!(unit.taxonomies().get(from).await.unwrap().unwrap().movie_count, 0);
            assert_eq!(unit.taxonomies().get(into).await.unwrap().unwrap().movie_count, 1_201);
            unit.commit().await.unwrap();
        }
        let newest = store.catalogue.movie(MovieId(1_201)).await.unwrap().unwrap();
        assert_eq!((newest.genres.len(), newest.country.code.as_str()), (1, "FR"));
    }

    async fn a_movie_is_read_back_in_full_with_its_relations_by_name(url: String) {
        let store = store(&url).await;
        let id = create_movie(&store, &draft("Le Fabuleux Destin d'Amélie Poulain")).await;
        let movie = store.catalogue.movie(id).await.unwrap().unwrap();
        let draft = draft("Le Fabuleux Destin d'Amélie Poulain");
        assert_eq!((&movie.name, movie.date, movie.score), (&draft.name, draft.date, draft.score));
        assert_eq!((&movie.overview, movie.status), (&draft.overview, draft.status));
        assert_eq!((movie.budget, movie.revenue), (draft.budget, draft.revenue));
        assert_eq!((movie.country.code, movie.country.name.as_str()), (draft.country, "France"));
        let of = |all: &[domain::catalogue::Named]| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        assert_eq!(of(&movie.genres), ["Comedy", "Romance"]);
        assert_eq!(of(&movie.actors), ["Audrey Tautou", "Mathieu Kassovitz"]);
        assert_eq!(of(&movie.languages), ["French"]);
    }

    async fn a_movie_without_relations_is_read_back(url: String) {
        let store = store(&url).await;
        let mut bare = draft("Bare");
        (bare.genres, bare.actors, bare.languages) = (names(&[]), names(&[]), names(&[]));
        bare.overview = Overview::parse("").unwrap();
        let id = create_movie(&store, &bare).await;
        let movie = store.catalogue.movie(id).await.unwrap().unwrap();
        assert!(movie.genres.is_empty() && movie.actors.is_empty() && movie.languages.is_empty());
    }

    async fn names_are_shared_between_movies_without_regard_to_case(url: String) {
        let store = store(&url).await;
        let one = create_movie(&store, &draft("One")).await;
        let mut other = draft("Other");
        other.genres = names(&["COMEDY", "Drama"]);
        other.actors = names(&["AUDREY TAUTOU"]);
        let other = create_movie(&store, &other).await;
        let (one, other) = (store.catalogue.movie(one).await.unwrap().unwrap(), store.catalogue.movie(other).await.unwrap().unwrap());
        assert_eq!(one.genres[0], other.genres[0]);
        assert_eq!(one.actors[0], other.actors[0]);
        assert_eq!(one.country, other.country);
    }

    async fn a_movie_of_the_same_name_and_date_is_a_conflict(url: String) {
        let store = store(&url).await;
        create_movie(&store, &draft("Amélie")).await;
        let unit = store.catalogue.begin().await.unwrap();
        for same in ["Amélie", "AMÉLIE", "Ame\u{301}lie"] {
            assert!(matches!(unit.movies().add(&draft(same)).await, Err(StoreError::Conflict)), "{same}");
        }
        unit.movies().add(&draft("Amelie")).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(store.catalogue.count().await.unwrap(), 2);
    }

    async fn a_batch_adds_missing_movies_and_leaves_existing_ones_unchanged(url: String) {
        let store = store(&url).await;
        let before = create_movie(&store, &draft("Movie 3")).await;
        let mut drafts: Vec<_> = (1..=1_500).map(|number| draft(&format!("Movie {number}"))).collect();
        drafts[2].overview = Overview::parse("Something else.").unwrap();
        drafts.push(draft("Movie 1"));
        let unit = store.catalogue.begin().await.unwrap();
        let added = unit.movies().add_missing(&drafts).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(added, Added { added: 1_499, existing: 2 });
        assert_eq!(store.catalogue.count().await.unwrap(), 1_500);
        assert_eq!(store.catalogue.movie(before).await.unwrap().unwrap().overview, draft("Movie 3").overview);
        let last = page(&store, 1, 1).await.items.remove(0).id;
        assert_eq!(store.catalogue.movie(last).await.unwrap().unwrap().actors.len(), 2);
    }

    async fn a_patch_changes_only_the_fields_that_it_sets(url: String) {
        let store = store(&url).await;
        let id = create_movie(&store, &draft("Amélie")).await;
        let before = store.catalogue.movie(id).await.unwrap().unwrap();
        let patch = MoviePatch {
            score: Score::new(1.0).ok(),
            budget: Money::new(5, Currency::Usd).ok(),
            country: CountryCode::parse("BEL").ok(),
            genres: Some(names(&["Drama"])),
            languages: Some(names(&[])),
            ..Default::default()
        };
        update(&store, id, &patch).await.unwrap();
        let after = store.catalogue.movie(id).await.unwrap().unwrap();
        assert_eq!((after.score.value(), after.budget.minor_units(), after.country.name.as_str()), (1.0, 5, "Belgium"));
        assert_eq!((after.genres[0].name.as_str(), after.genres.len(), after.languages.len()), ("Drama", 1, 0));
        assert_eq!((&after.name, after.date, &after.actors), (&before.name, before.date, &before.actors));
        update(&store, id, &MoviePatch::default()).await.unwrap();
        assert_eq!(store.catalogue.movie(id).await.unwrap().unwrap(), after);
    }

    async fn changing_a_movie_to_the_name_of_another_is_a_conflict_and_changes_nothing(url: String) {
        let store = store(&url).await;
        create_movie(&store, &draft("Amélie")).await;
        let id = create_movie(&store, &draft("Other")).await;
        let patch = MoviePatch { name: Name::parse("Amélie").ok(), ..Default::default() };
        assert!(matches!(update(&store, id, &patch).await, Err(StoreError::Conflict)));
        assert_eq!(store.catalogue.movie(id).await.unwrap().unwrap().name.as_str(), "Other");
    }

    async fn removing_a_movie_retains_its_genres(url: String) {
        let store = store(&url).await;
        let id = create_movie(&store, &draft("Amélie")).await;
        let genre = store.catalogue.movie(id).await.unwrap().unwrap().genres[0].clone();
        let unit = store.catalogue.begin().await.unwrap();
        unit.movies().remove(id).await.unwrap();
        unit.commit().await.unwrap();
        assert!(store.catalogue.movie(id).await.unwrap().is_none());
        let again = create_movie(&store, &draft("Amélie")).await;
        assert_ne!(again, id);
        assert_eq!(store.catalogue.movie(again).await.unwrap().unwrap().genres[0], genre);
    }

    async fn the_stored_count_is_correct_after_every_kind_of_write(url: String) {
        let store = store(&url).await;
        let drafts: Vec<_> = (1..=7).map(|number| draft(&format!("Movie {number}"))).collect();
        let unit = store.catalogue.begin().await.unwrap();
        unit.movies().add_missing(&drafts).await.unwrap();
        unit.commit().await.unwrap();
        let unit = store.catalogue.begin().await.unwrap();
        unit.movies().remove(MovieId(3)).await.unwrap();
        unit.movies().remove(MovieId(999)).await.unwrap();
        assert!(unit.movies().add(&drafts[0]).await.is_err());
        unit.commit().await.unwrap();
        let unit = store.catalogue.begin().await.unwrap();
        unit.movies().remove(MovieId(4)).await.unwrap();
        unit.rollback().await.unwrap();
        assert_eq!(store.catalogue.count().await.unwrap(), 6);
        assert_eq!(page(&store, 1, 100).await.items.len(), 6);
    }

    async fn pages_and_cursors_return_the_same_movies_newest_first(url: String) {
        let store = store(&url).await;
        let drafts: Vec<_> = (1..=23).map(|number| draft(&format!("Movie {number}"))).collect();
        let unit = store.catalogue.begin().await.unwrap();
        unit.movies().add_missing(&drafts).await.unwrap();
        unit.commit().await.unwrap();

        let mut by_page = Vec::new();
        for number in 1..=4 {
            let page = page(&store, number, 7).await;
            assert_eq!((page.total, page.has_more), (Some(23), number < 4));
            by_page.extend(page.items);
        }
        let mut by_cursor = Vec::new();
        let mut position = Position::Page(PageNumber::FIRST);
        loop {
            let part = newest_first(&store, position, 5).await;
            by_cursor.extend(part.page.items);
            let Some(next) = part.next else { break };
            position = Position::After(next);
        }
        let ids: Vec<_> = by_page.iter().map(|movie| movie.id.0).collect();
        assert_eq!(ids, (1..=23).rev().collect::<Vec<_>>());
        assert_eq!(by_page, by_cursor);
    }

    async fn a_page_after_the_last_is_empty_and_has_the_total(url: String) {
        let store = store(&url).await;
        assert_eq!(page(&store, 1, 10).await, Page { items: vec![], has_more: false, total: Some(0) });
        create_movie(&store, &draft("Amélie")).await;
        for number in [2, 1_000_000, i64::MAX] {
            assert_eq!(page(&store, number, 100).await, Page { items: vec![], has_more: false, total: Some(1) });
        }
        let cursor = MovieCursor { order: MovieOrder::default(), key: SortKey::Id, id: MovieId(1) };
        let after = newest_first(&store, Position::After(cursor), 10).await.page;
        assert_eq!(after, Page { items: vec![], has_more: false, total: None });
    }

    async fn text_in_any_script_and_extreme_dates_are_read_back(url: String) {
        let store = store(&url).await;
        for (name, day) in [("千と千尋の神隠し", "0001-01-01"), ("Тіні 🎬 'забутих' \"предків\" %_\\", "9999-12-31")] {
            let mut wide = draft(name);
            wide.date = domain::catalogue::ReleaseDate::parse(day).unwrap();
            wide.actors = names(&[name]);
            let id = create_movie(&store, &wide).await;
            let movie = store.catalogue.movie(id).await.unwrap().unwrap();
            assert_eq!((movie.name.as_str(), movie.date, movie.actors[0].name.as_str()), (name, wide.date, name));
        }
    }
}
