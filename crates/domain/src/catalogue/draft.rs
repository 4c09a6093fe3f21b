use super::{CountryCode, Money, MovieStatus, Name, Overview, ReleaseDate, Score};

/// The most genres, actors or languages of one movie.
pub const MAX_NAMES: usize = 500;

/// Names without repetition, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameList(Vec<Name>);

/// More than [`MAX_NAMES`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("At most 500 names are allowed.")]
pub struct TooManyNames;

/// A movie that is about to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct MovieDraft {
    /// What it is called; unique together with `date`.
    pub name: Name,
    /// When it is first shown.
    pub date: ReleaseDate,
    /// How well it is liked.
    pub score: Score,
    /// What it is about.
    pub overview: Overview,
    /// How far it has come.
    pub status: MovieStatus,
    /// What it cost.
    pub budget: Money,
    /// What it earned.
    pub revenue: Money,
    /// Where it was made.
    pub country: CountryCode,
    /// What kind of movie it is.
    pub genres: NameList,
    /// Who plays in it.
    pub actors: NameList,
    /// What is spoken in it.
    pub languages: NameList,
}

/// What is to change of a movie; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MoviePatch {
    /// What it is called.
    pub name: Option<Name>,
    /// When it is first shown.
    pub date: Option<ReleaseDate>,
    /// How well it is liked.
    pub score: Option<Score>,
    /// What it is about.
    pub overview: Option<Overview>,
    /// How far it has come.
    pub status: Option<MovieStatus>,
    /// What it cost.
    pub budget: Option<Money>,
    /// What it earned.
    pub revenue: Option<Money>,
    /// Where it was made.
    pub country: Option<CountryCode>,
    /// All its genres from now on.
    pub genres: Option<NameList>,
    /// All its actors from now on.
    pub actors: Option<NameList>,
    /// All its languages from now on.
    pub languages: Option<NameList>,
}

impl NameList {
    /// Collects names; one that differs from an earlier one only in case is dropped.
    ///
    /// # Errors
    ///
    /// [`TooManyNames`] past 500 different names.
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
    fn a_name_that_differs_only_in_case_is_taken_once() {
        let list = NameList::new(names(&["Drama", "Crime", "DRAMA"])).unwrap();
        assert_eq!(list.as_slice(), names(&["Drama", "Crime"]));
    }

    #[test]
    fn a_movie_has_at_most_500_of_a_kind() {
        let many = |n: usize| (0..n).map(|i| Name::parse(&format!("Actor {i}")).unwrap());
        assert!(NameList::new(many(500)).is_ok());
        assert_eq!(NameList::new(many(501)), Err(TooManyNames));
    }
}
