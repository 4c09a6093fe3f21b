//! Generates any number of fictitious movies, to test the service with large catalogues.

mod words;

use application::catalogue::import::ImportRow;
use chrono::{Datelike, Days, NaiveDate};
use domain::catalogue::MovieStatus;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use self::words::{
    ADJECTIVES, CLOSINGS, COUNTRIES, DEEDS, FIRST_NAMES, GENRES, HEROES, LAST_NAMES, NOUNS, OPENINGS, PLACES,
    ROLES, STAKES, TURNS,
};

/// Number of possible release dates, from 1930-01-01 to 2026-12-31.
const DAYS: u64 = 35_429;

/// First release year whose movies may be unreleased.
const UNFINISHED_FROM: i32 = 2026;

/// Maximum number of actors in a catalogue.
const PEOPLE: u64 = 200_000;

/// A prime larger than every list and every kind of title. Steps of this size visit each entry once before any
/// repeats, and consecutive entries have little in common.
const STRIDE: u64 = 2_654_435_761;

/// Spreads seeds over all numbers (the golden ratio, as in `SplitMix64`).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Kinds of titles. No title belongs to two kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Title {
    /// The Silent River
    Thing,
    /// Winter of Lisbon
    ThingOfPlace,
    /// The Widow of Kraków
    PersonOfPlace,
    /// Chloé's Garden
    NameHas,
    /// The Widow's Silent Garden
    PersonHas,
    /// Chloé and the Silent River
    NameAndThing,
    /// The Silent River of Lisbon
    LongThingOfPlace,
    /// One Silent Night in Lisbon
    ThingInPlace,
}

/// Kinds of titles in proportion to their frequency. Four bits select one of the 16 entries.
const TITLES: [Title; 16] = [
    Title::Thing,
    Title::PersonHas,
    Title::NameAndThing,
    Title::ThingOfPlace,
    Title::LongThingOfPlace,
    Title::PersonOfPlace,
    Title::ThingInPlace,
    Title::Thing,
    Title::NameHas,
    Title::NameAndThing,
    Title::PersonHas,
    Title::LongThingOfPlace,
    Title::Thing,
    Title::NameAndThing,
    Title::PersonHas,
    Title::ThingInPlace,
];

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

/// A title that no other row has: its words are the digits of the row's number within its kind.
fn title(number: u64, seed: u64) -> String {
    let (block, position) = (number / 16, number % 16);
    // Each block of rows uses every position once, in a different order.
    let position = index(position ^ (block.wrapping_mul(SPREAD) >> 60));
    let kind = TITLES[position];
    let earlier = TITLES[..position].iter().filter(|other| **other == kind).count() as u64;
    let share = TITLES.iter().filter(|other| **other == kind).count() as u64;
    let number = block * share + earlier;

    let (round, entry) = (number / kind.size(), number % kind.size());
    // Each seed and each kind starts at another entry; otherwise consecutive titles would share words.
    let start = seed.wrapping_add(kind as u64 * 1_000).wrapping_mul(SPREAD) % kind.size();
    let entry = (entry * STRIDE + start) % kind.size();
    let base = kind.at(entry);
    // Sequels start once every title of a kind is used.
    match round {
        0 => base,
        1 => base + " II",
        2 => base + " III",
        3 => base + " IV",
        _ => {
            let subtitle = (round % Title::Thing.size() * STRIDE + entry) % Title::Thing.size();
            format!("{base}: {}", Title::Thing.at(subtitle))
        }
    }
}

impl Title {
    /// Number of titles of this kind.
    fn size(self) -> u64 {
        let lists: &[&[&str]] = match self {
            Self::Thing => &[ADJECTIVES, NOUNS],
            Self::ThingOfPlace => &[NOUNS, PLACES],
            Self::PersonOfPlace => &[ROLES, PLACES],
            Self::NameHas => &[&FIRST_NAMES, NOUNS],
            Self::PersonHas => &[ROLES, ADJECTIVES, NOUNS],
            Self::NameAndThing => &[&FIRST_NAMES, ADJECTIVES, NOUNS],
            Self::LongThingOfPlace | Self::ThingInPlace => &[ADJECTIVES, NOUNS, PLACES],
        };
        lists.iter().map(|list| list.len() as u64).product()
    }

    /// The title at this index, below [`Self::size`].
    fn at(self, mut entry: u64) -> String {
        let mut next = |list| digit(&mut entry, list);
        match self {
            Self::Thing => format!("The {} {}", next(ADJECTIVES), next(NOUNS)),
            Self::ThingOfPlace => format!("{} of {}", next(NOUNS), next(PLACES)),
            Self::PersonOfPlace => format!("The {} of {}", next(ROLES), next(PLACES)),
            Self::NameHas => format!("{}'s {}", next(&FIRST_NAMES), next(NOUNS)),
            Self::PersonHas => format!("The {}'s {} {}", next(ROLES), next(ADJECTIVES), next(NOUNS)),
            Self::NameAndThing => {
                format!("{} and the {} {}", next(&FIRST_NAMES), next(ADJECTIVES), next(NOUNS))
            }
            Self::LongThingOfPlace => format!("The {} {} of {}", next(ADJECTIVES), next(NOUNS), next(PLACES)),
            Self::ThingInPlace => format!("One {} {} in {}", next(ADJECTIVES), next(NOUNS), next(PLACES)),
        }
    }
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

fn overview(rng: &mut ChaCha8Rng) -> String {
    let (opening, place) = (pick(rng, OPENINGS), pick(rng, PLACES));
    let mut text = format!("{opening} {place}, {} {}.", pick(rng, HEROES), pick(rng, DEEDS));
    let more = rng.random_range(0..=3);
    for (number, list) in [TURNS, STAKES, CLOSINGS].into_iter().enumerate() {
        let sentence = pick(rng, list);
        if number < more || text.len() < 90 {
            text.push(' ');
            text.push_str(sentence);
        }
    }
    text
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
    let total: u32 = table.iter().map(|(_, weight)| weight).sum();
    let mut rest = rng.random_range(0..total);
    for (value, weight) in table {
        if rest < *weight {
            return *value;
        }
        rest -= weight;
    }
    table[0].0
}

#[cfg(test)]
mod tests;
