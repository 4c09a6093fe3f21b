use application::catalogue::{
    add_movie, get_movie,
    references::{
        AddReferenceError, DeleteReferenceError, EditReferenceError, GetReferenceError, ListReferencesError,
        add_reference, delete_reference, edit_reference, get_reference, list_references,
    },
};
use domain::{
    catalogue::{
        CountryCode, Name, Reference, ReferenceDraft, ReferenceId, ReferenceKind, ReferencePatch, SearchQuery,
    },
    page::{PageNumber, PageSize, Position},
};

use crate::{catalogue::draft, world::World};

fn named(kind: ReferenceKind, name: &str) -> ReferenceDraft {
    ReferenceDraft::Named(kind, Name::parse(name).unwrap())
}

fn genre(reference: &Reference) -> ReferenceId {
    ReferenceId { kind: ReferenceKind::Genre, id: reference.id }
}

async fn genres(world: &World, search: Option<&str>) -> Vec<Reference> {
    let search = search.map(|text| SearchQuery::parse(text).unwrap());
    let first = Position::Page(PageNumber::FIRST);
    let kind = ReferenceKind::Genre;
    let page =
        list_references(&world.catalogue, kind, search.as_ref(), first, PageSize::DEFAULT).await.unwrap();
    page.items
}

#[tokio::test]
async fn a_name_is_unique_within_its_kind_ignoring_case() {
    let world = World::new();
    add_reference(&world.catalogue, named(ReferenceKind::Genre, "Drama")).await.unwrap();
    let again = add_reference(&world.catalogue, named(ReferenceKind::Genre, "DRAMA")).await.unwrap_err();
    assert!(matches!(again, AddReferenceError::AlreadyExists(ReferenceKind::Genre)));
    assert_eq!(again.to_string(), "Genre with this name already exists.");
    add_reference(&world.catalogue, named(ReferenceKind::Actor, "Drama")).await.unwrap();
    assert_eq!(genres(&world, None).await.len(), 1);
}

#[tokio::test]
async fn a_country_has_its_iso_name_unless_another_is_given() {
    let world = World::new();
    let country = |code: &str, name: Option<&str>| {
        ReferenceDraft::Country(
            CountryCode::parse(code).unwrap(),
            name.map(|name| Name::parse(name).unwrap()),
        )
    };
    let italy = add_reference(&world.catalogue, country("ITA", None)).await.unwrap();
    assert_eq!((italy.name.as_str(), italy.code.unwrap().as_str(), italy.movie_count), ("Italy", "IT", 0));
    let again = add_reference(&world.catalogue, country("it", Some("Italia"))).await;
    assert!(matches!(again, Err(AddReferenceError::AlreadyExists(ReferenceKind::Country))));
    let greece = add_reference(&world.catalogue, country("gr", Some("Hellas"))).await.unwrap();
    assert_eq!(greece.name, "Hellas");
}

#[tokio::test]
async fn movies_show_the_new_name_and_a_taken_one_is_refused() {
    let world = World::new();
    let movie = add_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let comedy = genres(&world, Some("comed")).await.remove(0);
    assert_eq!(comedy.movie_count, 1);
    let patch = |name: &str| ReferencePatch { name: Name::parse(name).ok(), code: None };
    edit_reference(&world.catalogue, genre(&comedy), patch("Komödie"), None).await.unwrap();
    assert_eq!(get_movie(&world.catalogue, movie.id).await.unwrap().genres[0].name, "Komödie");
    add_reference(&world.catalogue, named(ReferenceKind::Genre, "Drama")).await.unwrap();
    let taken = edit_reference(&world.catalogue, genre(&comedy), patch("drama"), None).await;
    assert!(matches!(taken, Err(EditReferenceError::AlreadyExists(_))));
    let unknown = ReferenceId { kind: ReferenceKind::Genre, id: 999 };
    let missing = edit_reference(&world.catalogue, unknown, patch("x"), None).await.unwrap_err();
    assert_eq!(missing.to_string(), "Genre not found.");
}

#[tokio::test]
async fn a_reference_in_use_is_deleted_only_with_a_merge_target() {
    let world = World::new();
    let movie = add_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let comedy = genre(&genres(&world, None).await[0]);
    let other = add_reference(&world.catalogue, named(ReferenceKind::Genre, "Romance")).await.unwrap();
    let in_use = delete_reference(&world.catalogue, comedy, None, None).await;
    assert!(matches!(in_use, Err(DeleteReferenceError::InUse(ReferenceKind::Genre))));
    for nothing in [comedy.id, 999] {
        let outcome = delete_reference(&world.catalogue, comedy, Some(nothing), None).await;
        assert!(matches!(outcome, Err(DeleteReferenceError::NothingToMergeInto(_))), "{nothing}");
    }
    delete_reference(&world.catalogue, comedy, Some(other.id), None).await.unwrap();
    let movie = get_movie(&world.catalogue, movie.id).await.unwrap();
    assert_eq!(movie.genres.iter().map(|genre| genre.name.as_str()).collect::<Vec<_>>(), ["Romance"]);
    assert!(matches!(get_reference(&world.catalogue, comedy).await, Err(GetReferenceError::NotFound(_))));
    let gone = delete_reference(&world.catalogue, comedy, Some(other.id), None).await;
    assert!(matches!(gone, Err(DeleteReferenceError::NotFound(_))));
}

#[tokio::test]
async fn a_page_past_the_end_is_an_error() {
    let world = World::new();
    let second = Position::Page(PageNumber::new(2).unwrap());
    let kind = ReferenceKind::Language;
    let past = list_references(&world.catalogue, kind, None, second, PageSize::DEFAULT).await.unwrap_err();
    assert!(matches!(past, ListReferencesError::PastTheEnd(_)));
    assert_eq!(past.to_string(), "No languages found.");
}
