use std::collections::{HashMap, HashSet};

use domain::catalogue::{MovieDraft, Name};

use super::*;

fn rows(count: u64, seed: u64) -> Vec<ImportRow> {
    synthetic_rows(count, seed).collect()
}

fn drafts(count: u64) -> Vec<MovieDraft> {
    synthetic_rows(count, 1).map(|row| row.draft().unwrap()).collect()
}

/// Percentage of the movies that match.
fn percent(movies: &[MovieDraft], matches: impl Fn(&MovieDraft) -> bool) -> usize {
    movies.iter().filter(|movie| matches(movie)).count() * 100 / movies.len()
}

#[test]
fn the_same_seed_gives_the_same_rows_and_another_seed_gives_others() {
    assert_eq!(rows(200, 7), rows(200, 7));
    let other = rows(200, 8);
    assert!(rows(200, 7).iter().zip(&other).all(|(one, other)| one.names != other.names && one != other));
}

#[test]
fn a_longer_catalogue_starts_with_a_shorter_one() {
    assert_eq!(rows(500, 7)[..100], rows(100, 7));
}

#[test]
fn every_row_is_parsed_into_the_movie_it_describes() {
    for row in synthetic_rows(2_000, 1) {
        let draft = row.draft().unwrap();
        assert_eq!(draft.name.as_str(), row.names);
        assert_eq!(draft.date.to_string(), row.date_x);
        assert_eq!(draft.actors.as_slice().len() * 2, row.crew.split(',').count(), "{}", row.crew);
        assert!((2..=12).contains(&draft.actors.as_slice().len()), "{}", row.crew);
        assert!((1..=3).contains(&draft.genres.as_slice().len()), "{}", row.genre);
        assert!((1..=2).contains(&draft.languages.as_slice().len()), "{}", row.orig_lang);
        assert!((80..=500).contains(&row.overview.chars().count()), "{}", row.overview);
        assert!((1930..=2026).contains(&draft.date.day().year()), "{}", row.date_x);
    }
}

#[test]
fn no_movie_is_generated_twice() {
    let movies: HashSet<_> = drafts(2_000).into_iter().map(|draft| (draft.name, draft.date)).collect();
    assert_eq!(movies.len(), 2_000);
}

#[test]
fn no_title_is_generated_twice_even_with_sequels() {
    // The titles of the rarest kind are used up after about 57,000 rows.
    let titles: HashSet<_> = (0..300_000).map(|number| title(number, 3)).collect();
    assert_eq!(titles.len(), 300_000);
    assert!(titles.iter().any(|title| title.ends_with(" 4")));
    let far: HashSet<_> = (9_900_000..10_000_000).map(|number| title(number, 3)).collect();
    assert_eq!(far.len(), 100_000);
    assert!(titles.is_disjoint(&far));
}

#[test]
fn no_two_people_have_the_same_name() {
    let names: HashSet<_> = (0..PEOPLE).map(|number| Name::parse(&person(number)).unwrap().key()).collect();
    assert_eq!(names.len() as u64, PEOPLE);
    assert!(names.iter().all(|name| !name.contains(',')));
}

#[test]
fn no_list_contains_a_word_twice() {
    for list in [ADJECTIVES, NOUNS, ROLES, PLACES, &FIRST_NAMES, &LAST_NAMES] {
        let distinct: HashSet<_> = list.iter().map(|word| word.to_lowercase()).collect();
        assert_eq!(distinct.len(), list.len());
    }
}

#[test]
fn some_movies_are_more_likely_than_others() {
    let movies = drafts(2_000);
    let percent = |matches: fn(&MovieDraft) -> bool| percent(&movies, matches);
    assert!((45..=70).contains(&percent(|movie| movie.languages.as_slice()[0].as_str() == "English")));
    assert!((30..=45).contains(&percent(|movie| movie.country.as_str() == "US")));
    assert!((95..=99).contains(&percent(|movie| movie.status == MovieStatus::Released)));
    assert!((55..=80).contains(&percent(|movie| movie.date.day().year() >= 2000)));
    assert!((1..=10).contains(&percent(|movie| movie.date.day().year() < 1965)));
    assert!((18..=32).contains(&percent(|movie| movie.budget.minor_units() == 0)));
    assert!((28..=42).contains(&percent(|movie| movie.revenue.minor_units() == 0)));
    assert!((60..=85).contains(&percent(|movie| (50.0..=75.0).contains(&movie.score.value()))));
    let drama = |movie: &MovieDraft| movie.genres.as_slice().iter().any(|genre| genre.as_str() == "Drama");
    assert!((20..=50).contains(&percent(drama)));
}

#[test]
fn a_few_people_act_often_and_most_act_seldom() {
    let mut movies: HashMap<Name, u32> = HashMap::new();
    for actor in drafts(2_000).iter().flat_map(|draft| draft.actors.as_slice()) {
        *movies.entry(actor.clone()).or_default() += 1;
    }
    let busiest = movies.values().max().copied().unwrap();
    let seldom = movies.values().filter(|count| **count <= 5).count();
    assert!(movies.len() > 2_000 && busiest > 15 && seldom * 2 > movies.len(), "{busiest}, {seldom}");
}
