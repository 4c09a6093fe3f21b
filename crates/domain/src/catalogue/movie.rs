use chrono::{Datelike, NaiveDate};

use super::{Country, MovieStatus, Name, Score};
use crate::{money::Money, text::is_control};

/// Identifier of a movie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MovieId(pub i64);

/// Release date of a movie, in the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseDate(NaiveDate);

/// The text is not a date of the form `YYYY-MM-DD` in the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The date must be a day of the calendar, written YYYY-MM-DD.")]
pub struct ReleaseDateError;

/// Overview of a movie, at most 10,000 characters; it may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview(String);

/// Error of [`Overview::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverviewError {
    /// More than 10,000 characters.
    #[error("The overview must be at most 10000 characters long.")]
    TooLong,
    /// A control character other than a line break or a tab.
    #[error("The overview must not contain control characters.")]
    Control,
}

/// A genre, an actor or a language of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Identifier among its kind.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// A movie in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct MovieSummary {
    /// Identifier of the movie.
    pub id: MovieId,
    /// Title.
    pub name: Name,
    /// Release date.
    pub date: ReleaseDate,
    /// Score.
    pub score: Score,
    /// Overview.
    pub overview: Overview,
}

/// A movie in full.
#[derive(Clone, Debug, PartialEq)]
pub struct Movie {
    /// Identifier of the movie.
    pub id: MovieId,
    /// Title; unique together with `date`.
    pub name: Name,
    /// Release date.
    pub date: ReleaseDate,
    /// Score.
    pub score: Score,
    /// Overview.
    pub overview: Overview,
    /// Production status.
    pub status: MovieStatus,
    /// Budget.
    pub budget: Money,
    /// Revenue.
    pub revenue: Money,
    /// Country of production.
    pub country: Country,
    /// Genres, ordered by name.
    pub genres: Vec<Named>,
    /// Actors, ordered by name.
    pub actors: Vec<Named>,
    /// Languages, ordered by name.
    pub languages: Vec<Named>,
}

impl ReleaseDate {
    /// Parses a date of the form `YYYY-MM-DD` (RFC 3339 `full-date`).
    pub fn parse(text: &str) -> Result<Self, ReleaseDateError> {
        let shape: Vec<_> =
            text.split('-').map(|part| (part.len(), part.bytes().all(|b| b.is_ascii_digit()))).collect();
        if shape != [(4, true), (2, true), (2, true)] {
            return Err(ReleaseDateError);
        }
        Self::new(text.parse().map_err(|_| ReleaseDateError)?)
    }

    /// Accepts a date in the years 1 to 9999.
    pub fn new(day: NaiveDate) -> Result<Self, ReleaseDateError> {
        if (1..=9999).contains(&day.year()) { Ok(Self(day)) } else { Err(ReleaseDateError) }
    }

    /// The date.
    #[must_use]
    pub const fn day(self) -> NaiveDate {
        self.0
    }
}

impl std::fmt::Display for ReleaseDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl Overview {
    /// Maximum length in characters (Unicode scalar values).
    pub const MAX_CHARS: usize = 10_000;

    /// Parses an overview and trims it.
    pub fn parse(text: &str) -> Result<Self, OverviewError> {
        let text = text.trim();
        // A text of at most `MAX_CHARS` bytes has no more characters, so they are not counted.
        if text.len() > Self::MAX_CHARS && text.chars().count() > Self::MAX_CHARS {
            Err(OverviewError::TooLong)
        } else if text.contains(|c| is_control(c) && !matches!(c, '\n' | '\r' | '\t')) {
            Err(OverviewError::Control)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_parsed_and_displayed_in_the_same_form() {
        assert_eq!(ReleaseDate::parse("1994-02-29"), Err(ReleaseDateError));
        assert_eq!(ReleaseDate::parse("1996-02-29").unwrap().to_string(), "1996-02-29");
        assert_eq!(ReleaseDate::parse("0001-01-01").unwrap().to_string(), "0001-01-01");
        assert_eq!(ReleaseDate::parse("9999-12-31").unwrap().to_string(), "9999-12-31");
    }

    #[test]
    fn other_forms_and_years_are_rejected() {
        for text in [
            "",
            "0000-01-01",
            "10000-01-01",
            "+1996-02-29",
            "1996-2-29",
            "96-02-29",
            "02/29/1996",
            "1996-02-29T00:00:00Z",
            " 1996-02-29",
        ] {
            assert_eq!(ReleaseDate::parse(text), Err(ReleaseDateError), "{text}");
        }
    }

    #[test]
    fn an_overview_may_be_empty_or_have_several_lines() {
        assert_eq!(Overview::parse("  ").unwrap().as_str(), "");
        assert_eq!(Overview::parse("One.\nTwo.").unwrap().as_str(), "One.\nTwo.");
    }

    #[test]
    fn an_overview_is_bounded_and_has_no_control_characters() {
        assert_eq!(Overview::parse(&"a".repeat(10_001)), Err(OverviewError::TooLong));
        assert_eq!(Overview::parse("a\0b"), Err(OverviewError::Control));
    }
}
