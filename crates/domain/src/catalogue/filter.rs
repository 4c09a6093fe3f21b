use std::{cmp::Ordering, fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};

use super::{
    CountryCode, Movie, MovieId, MovieStatus, MovieSummary, Name, ReferenceId, Relevance, Score, SearchQuery,
    folded,
};
use crate::text::caseless_key;

/// Which movies somebody wants; everything that is given has to hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MovieFilter {
    /// Words in title, actors and overview.
    pub search: Option<SearchQuery>,
    /// Genres that a movie has all of, without regard to case.
    pub genres: Vec<Name>,
    /// Actors who all play in it.
    pub actors: Vec<Name>,
    /// Languages that are all spoken in it.
    pub languages: Vec<Name>,
    /// Countries of which it comes from one.
    pub countries: Vec<CountryCode>,
    /// How far it may have come.
    pub statuses: Vec<MovieStatus>,
    /// What it is described by, named by its row.
    pub reference: Option<ReferenceId>,
    /// The first year of release.
    pub year_from: Option<Year>,
    /// The last year of release.
    pub year_to: Option<Year>,
    /// The lowest score.
    pub score_min: Option<Score>,
    /// The highest score.
    pub score_max: Option<Score>,
}

/// A year from 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Year(i32);

/// The number is no year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The year must be a number from 1 to 9999.")]
pub struct YearError;

/// By what movies are sorted. Movies that are alike in it are sorted by their id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MovieSort {
    /// The order in which they came into the catalogue.
    #[default]
    Id,
    /// The title, without case and diacritics.
    Name,
    /// The day of release.
    Date,
    /// The score.
    Score,
    /// What they cost.
    Budget,
    /// What they earned.
    Revenue,
}

/// The text names no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The order must be one of id, name, date, score, budget, revenue.")]
pub struct UnknownSort;

/// In which direction movies are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    #[default]
    Descending,
}

/// The text names no direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The direction must be asc or desc.")]
pub struct UnknownDirection;

/// The order of a list of movies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MovieOrder {
    /// The best match first; needs a search.
    Relevance,
    /// By a property.
    By(MovieSort, Direction),
}

/// What a movie is sorted by.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum SortKey {
    /// How well it matches.
    Relevance(Relevance),
    /// Nothing but its id.
    Id,
    /// The folded title.
    Name(String),
    /// The day of release.
    Date(NaiveDate),
    /// The score.
    Score(f64),
    /// Cents.
    Cents(i64),
}

/// A place in a list of movies: right behind the movie of this key and id.
#[derive(Clone, Debug, PartialEq)]
pub struct MovieCursor {
    /// The order in which this is a place.
    pub order: MovieOrder,
    /// What the movie is sorted by.
    pub key: SortKey,
    /// The movie.
    pub id: MovieId,
}

impl Year {
    /// Accepts a year from 1 to 9999.
    ///
    /// # Errors
    ///
    /// [`YearError`] for any other number.
    pub const fn new(year: i64) -> Result<Self, YearError> {
        #[expect(clippy::cast_possible_truncation, reason = "it has four digits at most")]
        if 1 <= year && year <= 9999 { Ok(Self(year as i32)) } else { Err(YearError) }
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 1, 1).unwrap_or_default()
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 12, 31).unwrap_or_default()
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl MovieSort {
    /// Every order.
    pub const ALL: [Self; 6] = [Self::Id, Self::Name, Self::Date, Self::Score, Self::Budget, Self::Revenue];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Date => "date",
            Self::Score => "score",
            Self::Budget => "budget",
            Self::Revenue => "revenue",
        }
    }
}

impl FromStr for MovieSort {
    type Err = UnknownSort;

    fn from_str(text: &str) -> Result<Self, UnknownSort> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text).ok_or(UnknownSort)
    }
}

impl Direction {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}

impl FromStr for Direction {
    type Err = UnknownDirection;

    fn from_str(text: &str) -> Result<Self, UnknownDirection> {
        [Self::Ascending, Self::Descending]
            .into_iter()
            .find(|direction| direction.as_str() == text)
            .ok_or(UnknownDirection)
    }
}

impl Default for MovieOrder {
    fn default() -> Self {
        Self::By(MovieSort::Id, Direction::Descending)
    }
}

impl MovieOrder {
    /// What this order sorts a movie by; by relevance nothing can be said without the search.
    #[must_use]
    pub fn key(self, movie: &Movie) -> SortKey {
        match self {
            Self::Relevance => SortKey::Relevance(Relevance::Anywhere),
            Self::By(MovieSort::Id, _) => SortKey::Id,
            Self::By(MovieSort::Name, _) => SortKey::Name(folded(movie.name.as_str())),
            Self::By(MovieSort::Date, _) => SortKey::Date(movie.date.day()),
            Self::By(MovieSort::Score, _) => SortKey::Score(movie.score.value()),
            Self::By(MovieSort::Budget, _) => SortKey::Cents(movie.budget.cents()),
            Self::By(MovieSort::Revenue, _) => SortKey::Cents(movie.revenue.cents()),
        }
    }

    /// Which of two movies comes first in this order.
    #[must_use]
    pub fn compare(self, (key, id): (&SortKey, MovieId), (other, other_id): (&SortKey, MovieId)) -> Ordering {
        match self {
            Self::Relevance => key.compare(other).then(other_id.cmp(&id)),
            Self::By(_, Direction::Ascending) => key.compare(other).then(id.cmp(&other_id)),
            Self::By(_, Direction::Descending) => other.compare(key).then(other_id.cmp(&id)),
        }
    }
}

impl SortKey {
    /// Keys of one order; others are taken for equal.
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Relevance(one), Self::Relevance(other)) => one.cmp(other),
            (Self::Name(one), Self::Name(other)) => one.cmp(other),
            (Self::Date(one), Self::Date(other)) => one.cmp(other),
            (Self::Score(one), Self::Score(other)) => one.total_cmp(other),
            (Self::Cents(one), Self::Cents(other)) => one.cmp(other),
            _ => Ordering::Equal,
        }
    }
}

impl MovieFilter {
    /// Whether nothing is asked for, so that every movie will do.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a movie has what is asked for, words aside.
    #[must_use]
    pub fn allows(&self, movie: &Movie) -> bool {
        let has = |wanted: &[Name], named: &[super::Named]| {
            let keys: Vec<_> = named.iter().map(|named| caseless_key(&named.name)).collect();
            wanted.iter().all(|name| keys.contains(&name.key()))
        };
        let year = movie.date.day().year();
        has(&self.genres, &movie.genres)
            && has(&self.actors, &movie.actors)
            && has(&self.languages, &movie.languages)
            && (self.countries.is_empty() || self.countries.contains(&movie.country.code))
            && (self.statuses.is_empty() || self.statuses.contains(&movie.status))
            && self.reference.is_none_or(|reference| reference.describes(movie))
            && self.year_from.is_none_or(|from| from.0 <= year)
            && self.year_to.is_none_or(|to| year <= to.0)
            && self.score_min.is_none_or(|min| min <= movie.score)
            && self.score_max.is_none_or(|max| movie.score <= max)
    }
}

impl From<&Movie> for MovieSummary {
    fn from(movie: &Movie) -> Self {
        Self {
            id: movie.id,
            name: movie.name.clone(),
            date: movie.date,
            score: movie.score,
            overview: movie.overview.clone(),
        }
    }
}
