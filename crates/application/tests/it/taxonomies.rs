use application::{
    ListError,
    catalogue::{
        create_movie, get_movie,
        taxonomies::{
            TaxonomyError, create_taxonomy_entry, delete_taxonomy_entry, get_taxonomy_entry, list_taxonomy,
            update_taxonomy_entry,
        },
    },
};
use domain::{
    catalogue::{
        CountryCode, Name, SearchQuery, Taxonomy, TaxonomyEntry, TaxonomyEntryDraft, TaxonomyEntryId,
        TaxonomyEntryPatch,
    },
    page::{PageNumber, PageSize, Position},
};

use crate::{catalogue::draft, world::World};

fn named(kind: Taxonomy, name: &str) -> TaxonomyEntryDraft {
    TaxonomyEntryDraft::Named(kind, Name::parse(name).unwrap())
}

fn genre(entry: &TaxonomyEntry) -> TaxonomyEntryId {
    TaxonomyEntryId { kind: Taxonomy::Genre, id: entry.id }
}

async fn genres(world: &World, search: Option<&str>) -> Vec<TaxonomyEntry> {
    let search = search.map(|text| SearchQuery::parse(text).unwrap());
    let first = Position::Page(PageNumber::FIRST);
    let kind = Taxonomy::Genre;
    let page =
        list_taxonomy(&world.catalogue, kind, search.as_ref(), first, PageSize::DEFAULT).await.unwrap();
    page.items
}

#[tokio::test]
async fn a_name_is_unique_within_its_kind_ignoring_case() {
    let world = World::new();
    create_taxonomy_entry(&world.catalogue, named(Taxonomy::Genre, "Drama")).await.unwrap();
    let again = create_taxonomy_entry(&world.catalogue, named(Taxonomy::Genre, "DRAMA")).await.unwrap_err();
    assert!(matches!(again, TaxonomyError::AlreadyExists(Taxonomy::Genre)));
    assert_eq!(again.to_string(), "Genre with this name already exists.");
    create_taxonomy_entry(&world.catalogue, named(Taxonomy::Actor, "Drama")).await.unwrap();
    assert_eq!(genres(&world, None).await.len(), 1);
}

#[tokio::test]
async fn a_country_has_its_iso_name_unless_another_is_given() {
    let world = World::new();
    let country = |code: &str, name: Option<&str>| {
        TaxonomyEntryDraft::Country(
            CountryCode::parse(code).unwrap(),
            name.map(|name| Name::parse(name).unwrap()),
        )
    };
    let italy = create_taxonomy_entry(&world.catalogue, country("ITA", None)).await.unwrap();
    assert_eq!((italy.name.as_str(), italy.code.unwrap().as_str(), italy.movie_count), ("Italy", "IT", 0));
    let again = create_taxonomy_entry(&world.catalogue, country("it", Some("Italia"))).await;
    assert!(matches!(again, Err(TaxonomyError::AlreadyExists(Taxonomy::Country))));
    let greece = create_taxonomy_entry(&world.catalogue, country("gr", Some("Hellas"))).await.unwrap();
    assert_eq!(greece.name, "Hellas");
}

#[tokio::test]
async fn movies_show_the_new_name_and_a_taken_one_is_refused() {
    let world = World::new();
    let movie = create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let comedy = genres(&world, Some("comed")).await.remove(0);
    assert_eq!(comedy.movie_count, 1);
    let patch = |name: &str| TaxonomyEntryPatch { name: Name::parse(name).ok(), code: None };
    update_taxonomy_entry(&world.catalogue, genre(&comedy), patch("Komödie"), None).await.unwrap();
    assert_eq!(get_movie(&world.catalogue, movie.id).await.unwrap().genres[0].name, "Komödie");
    create_taxonomy_entry(&world.catalogue, named(Taxonomy::Genre, "Drama")).await.unwrap();
    let taken = update_taxonomy_entry(&world.catalogue, genre(&comedy), patch("drama"), None).await;
    assert!(matches!(taken, Err(TaxonomyError::AlreadyExists(_))));
    let unknown = TaxonomyEntryId { kind: Taxonomy::Genre, id: 999 };
    let missing = update_taxonomy_entry(&world.catalogue, unknown, patch("x"), None).await.unwrap_err();
    assert_eq!(missing.to_string(), "Genre not found.");
}

#[tokio::test]
async fn a_taxonomy_entry_in_use_is_deleted_only_with_a_merge_target() {
    let world = World::new();
    let movie = create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let comedy = genre(&genres(&world, None).await[0]);
    let other = create_taxonomy_entry(&world.catalogue, named(Taxonomy::Genre, "Romance")).await.unwrap();
    let in_use = delete_taxonomy_entry(&world.catalogue, comedy, None, None).await;
    assert!(matches!(in_use, Err(TaxonomyError::InUse(Taxonomy::Genre))));
    for nothing in [comedy.id, 999] {
        let outcome = delete_taxonomy_entry(&world.catalogue, comedy, Some(nothing), None).await;
        assert!(matches!(outcome, Err(TaxonomyError::NothingToMergeInto(_))), "{nothing}");
    }
    delete_taxonomy_entry(&world.catalogue, comedy, Some(other.id), None).await.unwrap();
    let movie = get_movie(&world.catalogue, movie.id).await.unwrap();
    assert_eq!(movie.genres.iter().map(|genre| genre.name.as_str()).collect::<Vec<_>>(), ["Romance"]);
    assert!(matches!(get_taxonomy_entry(&world.catalogue, comedy).await, Err(TaxonomyError::NotFound(_))));
    let gone = delete_taxonomy_entry(&world.catalogue, comedy, Some(other.id), None).await;
    assert!(matches!(gone, Err(TaxonomyError::NotFound(_))));
}

#[tokio::test]
async fn a_page_past_the_end_is_an_error() {
    let world = World::new();
    let second = Position::Page(PageNumber::new(2).unwrap());
    let kind = Taxonomy::Language;
    let past = list_taxonomy(&world.catalogue, kind, None, second, PageSize::DEFAULT).await.unwrap_err();
    assert!(matches!(past, ListError::PastTheEnd("languages")));
    assert_eq!(past.to_string(), "No languages found.");
}
