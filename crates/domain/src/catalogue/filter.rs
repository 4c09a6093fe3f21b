use std::{cmp::Ordering, fmt};

use chrono::{Datelike, NaiveDate};

use super::{
    CountryCode, Movie, MovieId, MovieStatus, MovieSummary, Name, Relevance, Score, SearchQuery,
    TaxonomyEntryId, folded,
};
use crate::{names::names, text::caseless_key};

/// Filter of a list of movies; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MovieFilter {
    /// Search in title, actors and overview.
    pub search: Option<SearchQuery>,
    /// Genres, all of which the movie must have; case-insensitive.
    pub genres: Vec<Name>,
    /// Actors, all of whom the movie must have; case-insensitive.
    pub actors: Vec<Name>,
    /// Languages, all of which the movie must have; case-insensitive.
    pub languages: Vec<Name>,
    /// Countries, one of which the movie must have; empty for any.
    pub countries: Vec<CountryCode>,
    /// Statuses, one of which the movie must have; empty for any.
    pub statuses: Vec<MovieStatus>,
    /// A genre, actor, country or language that the movie must have.
    pub taxonomy_entry: Option<TaxonomyEntryId>,
    /// First year of release.
    pub year_from: Option<Year>,
    /// Last year of release.
    pub year_to: Option<Year>,
    /// Minimum score.
    pub score_min: Option<Score>,
    /// Maximum score.
    pub score_max: Option<Score>,
}

/// A year from 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Year(i32);

/// The number is not a year from 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The year must be a number from 1 to 9999.")]
pub struct YearError;

/// Property by which movies are sorted. Equal movies are sorted by their id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MovieSort {
    /// Identifier, in the order of creation.
    #[default]
    Id,
    /// Title without case and diacritics.
    Name,
    /// Release date.
    Date,
    /// Score.
    Score,
    /// Budget.
    Budget,
    /// Revenue.
    Revenue,
}

/// The text is not a known property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The order must be one of id, name, date, score, budget, revenue.")]
pub struct UnknownSort;

/// Sort direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    #[default]
    Descending,
}

/// The text is not a known direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The direction must be asc or desc.")]
pub struct UnknownDirection;

/// Order of a list of movies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MovieOrder {
    /// The best match first; requires a search.
    Relevance,
    /// By a property.
    By(MovieSort, Direction),
}

/// Sort key of a movie.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum SortKey {
    /// Rank of the match.
    Relevance(Relevance),
    /// No key but the id.
    Id,
    /// Folded title.
    Name(String),
    /// Release date.
    Date(NaiveDate),
    /// Score.
    Score(f64),
    /// Amount in cents.
    Cents(i64),
}

/// Keyset cursor in a list of movies: after the movie with this key and id.
#[derive(Clone, Debug, PartialEq)]
pub struct MovieCursor {
    /// Order of the list.
    pub order: MovieOrder,
    /// Sort key of the movie.
    pub key: SortKey,
    /// Identifier of the movie.
    pub id: MovieId,
}

impl Year {
    /// Accepts a year from 1 to 9999.
    pub const fn new(year: i64) -> Result<Self, YearError> {
        #[expect(clippy::cast_possible_truncation, reason = "it has four digits at most")]
        if 1 <= year && year <= 9999 { Ok(Self(year as i32)) } else { Err(YearError) }
    }

    /// First day of the year.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 1, 1).unwrap_or_default()
    }

    /// Last day of the year.
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

names! {
    MovieSort, UnknownSort:
    Id = "id", Name = "name", Date = "date", Score = "score", Budget = "budget", Revenue = "revenue"
}

names! { Direction, UnknownDirection: Ascending = "asc", Descending = "desc" }

impl Default for MovieOrder {
    fn default() -> Self {
        Self::By(MovieSort::Id, Direction::Descending)
    }
}

impl MovieOrder {
    /// Sort key of a movie in this order. For relevance it is a placeholder, because the rank depends on the search.
    #[must_use]
    pub fn key(self, movie: &Movie) -> SortKey {
        match self {
            Self::Relevance => SortKey::Relevance(Relevance::Anywhere),
            Self::By(MovieSort::Id, _) => SortKey::Id,
            Self::By(MovieSort::Name, _) => SortKey::Name(folded(movie.name.as_str())),
            Self::By(MovieSort::Date, _) => SortKey::Date(movie.date.day()),
            Self::By(MovieSort::Score, _) => SortKey::Score(movie.score.value()),
            Self::By(MovieSort::Budget, _) => SortKey::Cents(movie.budget.minor_units()),
            Self::By(MovieSort::Revenue, _) => SortKey::Cents(movie.revenue.minor_units()),
        }
    }

    /// Compares two movies in this order.
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
    /// Compares keys of the same order; other keys are equal.
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
    /// Whether the filter has no condition and so matches every movie.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a movie satisfies all conditions except the search.
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
            && self.taxonomy_entry.is_none_or(|entry| entry.describes(movie))
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
