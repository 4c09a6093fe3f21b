//! Made-up movies: as many as wanted, for trying out how the service behaves with them.

mod words;

use chrono::{Datelike, Days, NaiveDate};
use domain::catalogue::MovieStatus;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use self::words::{
    ADJECTIVES, CLOSINGS, COUNTRIES, DEEDS, FIRST_NAMES, GENRES, HEROES, INITIALS, LAST_NAMES, NOUNS,
    OPENINGS, PLACES, ROLES, STAKES, TURNS,
};
use super::import::ImportRow;

/// The days on which movies come out, from 1930-01-01 to 2026-12-31, counted from the first.
const DAYS: u64 = 35_429;

/// The first year of which movies may still be in the making.
const UNFINISHED_FROM: i32 = 2026;

/// How many people act at most, in the largest catalogue.
const PEOPLE: u64 = 200_000;

/// A prime above the size of every list and of every kind of title. Steps of this size visit each entry once before
/// any comes again, and dependencies have little in common.
const STRIDE: u64 = 2_654_435_761;

/// Spreads seeds over all numbers (the golden ratio, as in `SplitMix64`).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// What titles look like. No title of one kind can be read as one of another.
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

/// How common each kind of title is. As many as four bits can tell apart.
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

/// A number of made-up movies, as rows that an import reads. The same seed gives the same rows, and a longer catalogue
/// starts with a shorter one. No title comes twice in a hundred million rows.
pub fn synthetic_rows(count: u64, seed: u64) -> impl Iterator<Item = ImportRow> {
    (0..count).map(move |number| row(number, seed))
}

fn row(number: u64, seed: u64) -> ImportRow {
    // A stream of its own for each row: none depends on another.
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

/// A title that no other row has: its parts are the digits of the row's number, counted within its kind.
fn title(number: u64, seed: u64) -> String {
    let (block, place) = (number / 16, number % 16);
    // In each block of rows every place has its turn, in a different order.
    let place = index(place ^ (block.wrapping_mul(SPREAD) >> 60));
    let kind = TITLES[place];
    let earlier = TITLES[..place].iter().filter(|other| **other == kind).count() as u64;
    let share = TITLES.iter().filter(|other| **other == kind).count() as u64;
    let number = block * share + earlier;

    let (round, entry) = (number / kind.size(), number % kind.size());
    // Each seed and each kind starts elsewhere, or the titles of one row after the other would share their words.
    let start = seed.wrapping_add(kind as u64 * 1_000).wrapping_mul(SPREAD) % kind.size();
    let entry = (entry * STRIDE + start) % kind.size();
    let base = kind.at(entry);
    // Where a kind is used up, sequels begin.
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
    /// How many titles of this kind there are.
    fn size(self) -> u64 {
        let lists: &[&[&str]] = match self {
            Self::Thing => &[ADJECTIVES, NOUNS],
            Self::ThingOfPlace => &[NOUNS, PLACES],
            Self::PersonOfPlace => &[ROLES, PLACES],
            Self::NameHas => &[FIRST_NAMES, NOUNS],
            Self::PersonHas => &[ROLES, ADJECTIVES, NOUNS],
            Self::NameAndThing => &[FIRST_NAMES, ADJECTIVES, NOUNS],
            Self::LongThingOfPlace | Self::ThingInPlace => &[ADJECTIVES, NOUNS, PLACES],
        };
        lists.iter().map(|list| list.len() as u64).product()
    }

    /// One of them.
    fn at(self, mut entry: u64) -> String {
        let mut next = |list| digit(&mut entry, list);
        match self {
            Self::Thing => format!("The {} {}", next(ADJECTIVES), next(NOUNS)),
            Self::ThingOfPlace => format!("{} of {}", next(NOUNS), next(PLACES)),
            Self::PersonOfPlace => format!("The {} of {}", next(ROLES), next(PLACES)),
            Self::NameHas => format!("{}'s {}", next(FIRST_NAMES), next(NOUNS)),
            Self::PersonHas => format!("The {}'s {} {}", next(ROLES), next(ADJECTIVES), next(NOUNS)),
            Self::NameAndThing => {
                format!("{} and the {} {}", next(FIRST_NAMES), next(ADJECTIVES), next(NOUNS))
            }
            Self::LongThingOfPlace => format!("The {} {} of {}", next(ADJECTIVES), next(NOUNS), next(PLACES)),
            Self::ThingInPlace => format!("One {} {} in {}", next(ADJECTIVES), next(NOUNS), next(PLACES)),
        }
    }
}

/// Takes the last digit off a number, in the base of a list's length, and gives the word it stands for.
fn digit(number: &mut u64, list: &'static [&'static str]) -> &'static str {
    let base = list.len() as u64;
    let remainder = *number % base;
    *number /= base;
    list[index(remainder)]
}

/// A number that is smaller than some list, as a place in it.
fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// The latest of three days: recent years have more movies than early ones.
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

/// Around 60, as the sum of dice; a few movies are not rated.
fn score(rng: &mut ChaCha8Rng) -> String {
    let rated = !rng.random_ratio(1, 50);
    let tenths = if rated { 200 + sum(rng, 4, 200) } else { 0 };
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Whole dollars from some ten thousands to some hundred millions; of a quarter of the movies nobody knows.
fn budget(rng: &mut ChaCha8Rng) -> u64 {
    if rng.random_ratio(1, 4) { 0 } else { dollars(rng, 16) / 10_000 * 10_000 }
}

/// Twice as much in the middle, and not round.
fn revenue(rng: &mut ChaCha8Rng) -> u64 {
    if rng.random_ratio(1, 3) { 0 } else { dollars(rng, 17) + rng.random_range(0..1_000) }
}

/// Twelve powers of two from this one on, the middle ones likelier: much like a log-normal distribution, and by whole
/// numbers alone, which are the same on every machine.
fn dollars(rng: &mut ChaCha8Rng, smallest_power: u32) -> u64 {
    // In 256ths.
    let power = smallest_power * 256 + sum(rng, 4, 3 * 256);
    (u64::from(256 + power % 256) << (power / 256)) >> 8
}

/// The sum of a number of dice with sides from zero to this.
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

/// The country's language, and in some movies that of another country.
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

/// Pairs of actors and whom they play.
fn crew(rng: &mut ChaCha8Rng, number: u64) -> String {
    // A small catalogue knows fewer people than a large one.
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

/// Whom somebody plays.
fn part(rng: &mut ChaCha8Rng) -> String {
    if rng.random_ratio(1, 3) {
        format!("The {}", pick(rng, ROLES))
    } else {
        pick(rng, FIRST_NAMES).to_owned()
    }
}

/// The name of one of the people. No two have the same.
fn person(number: u64) -> String {
    let plain = FIRST_NAMES.len() as u64 * LAST_NAMES.len() as u64;
    let initial = INITIALS[index(number / plain)];
    let mut entry = number % plain * STRIDE % plain;
    let (first, last) = (digit(&mut entry, FIRST_NAMES), digit(&mut entry, LAST_NAMES));
    format!("{first} {initial}{last}")
}

fn pick(rng: &mut ChaCha8Rng, list: &'static [&'static str]) -> &'static str {
    list[rng.random_range(0..list.len())]
}

/// One of the table's values, as often as its weight says.
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
