//! Generates any number of fictitious movies, to test the service with large catalogues.

mod words;

use application::catalogue::import::ImportRow;
use chrono::{Datelike, Days, NaiveDate};
use domain::catalogue::MovieStatus;
use fake::{Fake, faker::lorem::en::Sentence};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng, seq::IndexedRandom};

use self::words::{ADJECTIVES, COUNTRIES, FIRST_NAMES, GENRES, LAST_NAMES, NOUNS, PLACES, ROLES};

/// Number of possible release dates, from 1930-01-01 to 2026-12-31.
const DAYS: u64 = 35_429;

/// First release year whose movies may be unreleased.
const UNFINISHED_FROM: i32 = 2026;

/// Maximum number of actors in a catalogue.
const PEOPLE: u64 = 200_000;

/// A prime larger than every list of words. Steps of this size through the combinations of some lists visit each of them once
/// before any repeats, and consecutive ones have little in common.
const STRIDE: u64 = 2_654_435_761;

/// Spreads seeds over all numbers (the golden ratio, as in `SplitMix64`).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Generates `count` fictitious movies as import rows. The same seed gives the same rows, and a longer catalogue starts
/// with a shorter one. Titles are unique within 100 million rows.
pub fn synthetic_rows(count: u64, seed: u64) -> impl Iterator<Item = ImportRow> {
    (0..count).map(move |number| row(number, seed))
}

fn row(number: u64, seed: u64) -> ImportRow {
    // Each row has its own random stream and does not depend on other rows.
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(number);
    let title = title(number, seed);
    let day = day(&mut rng);
    let status = status(&mut rng, day);
    let (country, language) = weighted(&mut rng, COUNTRIES);
    let budget = budget(&mut rng);
    let revenue = if status == MovieStatus::Released { revenue(&mut rng) } else { 0 };
    ImportRow {
        // The header is line 1, and no row has a line break.
        line: number.saturating_add(2),
        orig_title: title.clone(),
        names: title,
        date_x: day.to_string(),
        score: score(&mut rng),
        genre: genres(&mut rng),
        overview: overview(&mut rng),
        crew: crew(&mut rng, number),
        status: status.to_string(),
        orig_lang: languages(&mut rng, language),
        budget_x: budget.to_string(),
        revenue: revenue.to_string(),
        country: country.to_owned(),
    }
}

/// A title that no other row has: its words are the digits of the row's number among the titles of its kind.
fn title(number: u64, seed: u64) -> String {
    let (number, kind) = (number / 4, number % 4);
    let others: [&[&str]; 4] = [&[""], &FIRST_NAMES, PLACES, ROLES];
    let others = others[index(kind)];
    let titles = [ADJECTIVES, NOUNS, others].iter().map(|list| list.len() as u64).product::<u64>();
    let (round, entry) = (number / titles, number % titles);
    // Each seed and each kind starts at another entry; otherwise consecutive titles would share words.
    let start = seed.wrapping_add(kind * 1_000).wrapping_mul(SPREAD) % titles;
    let mut entry = (entry * STRIDE + start) % titles;
    let thing = format!("{} {}", digit(&mut entry, ADJECTIVES), digit(&mut entry, NOUNS));
    let other = digit(&mut entry, others);
    let title = match kind {
        0 => format!("The {thing}"),
        1 => format!("{other} and the {thing}"),
        2 => format!("The {thing} of {other}"),
        _ => format!("The {other}'s {thing}"),
    };
    // Sequels start once every title of a kind is used.
    if round == 0 { title } else { format!("{title} {}", round + 1) }
}

/// Removes the last digit of a number, in the base of the list's length, and returns the word at that index.
fn digit(number: &mut u64, list: &'static [&'static str]) -> &'static str {
    let base = list.len() as u64;
    let remainder = *number % base;
    *number /= base;
    list[index(remainder)]
}

/// Converts a number below the length of a list to an index.
fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// The latest of three random days: recent years have more movies than early ones.
fn day(rng: &mut ChaCha8Rng) -> NaiveDate {
    let latest = (0..3).map(|_| rng.random_range(0..DAYS)).max().unwrap_or_default();
    let first = NaiveDate::from_ymd_opt(1930, 1, 1).unwrap_or_default();
    first.checked_add_days(Days::new(latest)).unwrap_or(first)
}

fn status(rng: &mut ChaCha8Rng, day: NaiveDate) -> MovieStatus {
    if day.year() < UNFINISHED_FROM {
        return MovieStatus::Released;
    }
    let table =
        [(MovieStatus::Released, 40), (MovieStatus::PostProduction, 35), (MovieStatus::InProduction, 25)];
    weighted(rng, &table)
}

/// Around 60, as a sum of dice; 0 (unrated) for one movie in 50.
fn score(rng: &mut ChaCha8Rng) -> String {
    let rated = !rng.random_ratio(1, 50);
    let tenths = if rated { 200 + sum(rng, 4, 200) } else { 0 };
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Whole dollars from tens of thousands to hundreds of millions; 0 (unknown) for a quarter of the movies.
fn budget(rng: &mut ChaCha8Rng) -> u64 {
    if rng.random_ratio(1, 4) { 0 } else { dollars(rng, 16) / 10_000 * 10_000 }
}

/// Twice the budget at the median, and not round; 0 (unknown) for a third of the released movies.
fn revenue(rng: &mut ChaCha8Rng) -> u64 {
    if rng.random_ratio(1, 3) { 0 } else { dollars(rng, 17) + rng.random_range(0..1_000) }
}

/// An amount within twelve powers of two from this one, the middle ones more likely: similar to a log-normal distribution,
/// but computed with integers only, which give the same result on every machine.
fn dollars(rng: &mut ChaCha8Rng, smallest_power: u32) -> u64 {
    // In units of 1/256.
    let power = smallest_power * 256 + sum(rng, 4, 3 * 256);
    (u64::from(256 + power % 256) << (power / 256)) >> 8
}

/// The sum of `dice` dice with sides from 0 to `highest`.
fn sum(rng: &mut ChaCha8Rng, dice: u32, highest: u32) -> u32 {
    (0..dice).map(|_| rng.random_range(0..=highest)).sum()
}

fn genres(rng: &mut ChaCha8Rng) -> String {
    let wanted = weighted(rng, &[(1, 30), (2, 45), (3, 25)]);
    let mut genres = Vec::with_capacity(wanted);
    while genres.len() < wanted {
        let genre = weighted(rng, GENRES);
        if !genres.contains(&genre) {
            genres.push(genre);
        }
    }
    genres.join(", ")
}

/// The country's language, and in some movies the language of another country.
fn languages(rng: &mut ChaCha8Rng, language: &str) -> String {
    let (_, other) = weighted(rng, COUNTRIES);
    if other != language && rng.random_ratio(1, 6) {
        format!("{language}, {other}")
    } else {
        language.to_owned()
    }
}

/// A sentence of the words of titles, and filler text of different length.
fn overview(rng: &mut ChaCha8Rng) -> String {
    let mut thing = |list| format!("{} {}", pick(rng, ADJECTIVES), pick(rng, list)).to_lowercase();
    let (hero, rival, prize) = (thing(ROLES), thing(ROLES), thing(NOUNS));
    let (place, filler) = (pick(rng, PLACES), Sentence(5..20).fake_with_rng::<String, _>(rng));
    format!("In {place}, the {hero} and the {rival} search for the {prize}: {filler}")
}

/// Pairs of an actor and a character.
fn crew(rng: &mut ChaCha8Rng, number: u64) -> String {
    // A small catalogue has fewer people than a large one.
    let people = number.saturating_mul(2).saturating_add(2_000).min(PEOPLE);
    let wanted = 2 + index(sum(rng, 2, 5).into());
    let mut actors = Vec::with_capacity(wanted);
    while actors.len() < wanted {
        // The product of two fractions is more often small than large: the first people act most.
        let actor = fraction_of(rng, people);
        let actor = fraction_of(rng, actor + 1);
        if !actors.contains(&actor) {
            actors.push(actor);
        }
    }
    let pairs: Vec<_> = actors.into_iter().map(|actor| format!("{}, {}", person(actor), part(rng))).collect();
    pairs.join(", ")
}

fn fraction_of(rng: &mut ChaCha8Rng, whole: u64) -> u64 {
    rng.random_range(0..whole)
}

/// The name of a character.
fn part(rng: &mut ChaCha8Rng) -> String {
    if rng.random_ratio(1, 3) {
        format!("The {}", pick(rng, ROLES))
    } else {
        pick(rng, &FIRST_NAMES).to_owned()
    }
}

/// The name of a person, unique for numbers below [`PEOPLE`].
fn person(number: u64) -> String {
    let names = FIRST_NAMES.len() as u64 * LAST_NAMES.len() as u64;
    let mut entry = number * STRIDE % names;
    format!("{} {}", digit(&mut entry, &FIRST_NAMES), digit(&mut entry, &LAST_NAMES))
}

fn pick(rng: &mut ChaCha8Rng, list: &'static [&'static str]) -> &'static str {
    list[rng.random_range(0..list.len())]
}

/// A random value of the table, in proportion to its weight.
fn weighted<T: Copy>(rng: &mut ChaCha8Rng, table: &[(T, u32)]) -> T {
    table.choose_weighted(rng, |(_, weight)| *weight).map_or(table[0].0, |(value, _)| *value)
}

#[cfg(test)]
mod tests;
