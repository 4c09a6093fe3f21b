use crate::money::Money;

use super::{CountryCode, MovieStatus, Name, Overview, ReleaseDate, Score};

/// Maximum number of genres, actors or languages of a movie.
pub const MAX_NAMES: usize = 500;

/// Distinct names in their original order, at most [`MAX_NAMES`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameList(Vec<Name>);

/// More than [`MAX_NAMES`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("At most 500 names are allowed.")]
pub struct TooManyNames;

/// A movie to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct MovieDraft {
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
    pub country: CountryCode,
    /// Names of the genres.
    pub genres: NameList,
    /// Names of the actors.
    pub actors: NameList,
    /// Names of the languages.
    pub languages: NameList,
}

/// Changes of a movie; `None` leaves a field unchanged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MoviePatch {
    /// Title.
    pub name: Option<Name>,
    /// Release date.
    pub date: Option<ReleaseDate>,
    /// Score.
    pub score: Option<Score>,
    /// Overview.
    pub overview: Option<Overview>,
    /// Production status.
    pub status: Option<MovieStatus>,
    /// Budget.
    pub budget: Option<Money>,
    /// Revenue.
    pub revenue: Option<Money>,
    /// Country of production.
    pub country: Option<CountryCode>,
    /// Names of the genres, which replace the old ones.
    pub genres: Option<NameList>,
    /// Names of the actors, which replace the old ones.
    pub actors: Option<NameList>,
    /// Names of the languages, which replace the old ones.
    pub languages: Option<NameList>,
}

impl NameList {
    /// Collects names; a name that differs from an earlier one only in case is dropped.
    pub fn new(names: impl IntoIterator<Item = Name>) -> Result<Self, TooManyNames> {
        let mut seen = std::collections::HashSet::new();
        let names: Vec<_> = names.into_iter().filter(|name| seen.insert(name.key())).collect();
        if names.len() > MAX_NAMES { Err(TooManyNames) } else { Ok(Self(names)) }
    }

    /// The names.
    #[must_use]
    pub fn as_slice(&self) -> &[Name] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<Name> {
        texts.iter().map(|text| Name::parse(text).unwrap()).collect()
    }

    #[test]
    fn a_name_that_differs_only_in_case_is_dropped() {
        let list = NameList::new(names(&["Drama", "Crime", "DRAMA"])).unwrap();
        assert_eq!(list.as_slice(), names(&["Drama", "Crime"]));
    }

    #[test]
    fn a_list_has_at_most_500_names() {
        let many = |n: usize| (0..n).map(|i| Name::parse(&format!("Actor {i}")).unwrap());
        assert!(NameList::new(many(500)).is_ok());
        assert_eq!(NameList::new(many(501)), Err(TooManyNames));
    }
}
