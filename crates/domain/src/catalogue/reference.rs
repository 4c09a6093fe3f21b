use super::{CountryCode, Movie, Name, Named};

/// Kind of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// Genre of a movie.
    Genre,
    /// Actor in a movie.
    Actor,
    /// Country of production.
    Country,
    /// Language of a movie.
    Language,
}

/// Identifier of a genre, an actor, a country or a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReferenceId {
    /// Kind of the reference.
    pub kind: ReferenceKind,
    /// Identifier among its kind.
    pub id: i64,
}

/// A genre, an actor, a country or a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Identifier among its kind.
    pub id: i64,
    /// Code of a country; `None` for other kinds.
    pub code: Option<CountryCode>,
    /// Name.
    pub name: String,
    /// Number of movies that refer to it.
    pub movie_count: i64,
}

/// A reference to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceDraft {
    /// A genre, an actor or a language; never a country.
    Named(ReferenceKind, Name),
    /// A country; without a name it gets ISO's.
    Country(CountryCode, Option<Name>),
}

/// Changes of a reference; `None` leaves a field unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferencePatch {
    /// Name.
    pub name: Option<Name>,
    /// Code of a country.
    pub code: Option<CountryCode>,
}

impl ReferenceKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Genre, Self::Actor, Self::Country, Self::Language];

    /// Singular name of the kind, capitalised.
    #[must_use]
    pub const fn singular(self) -> &'static str {
        match self {
            Self::Genre => "Genre",
            Self::Actor => "Actor",
            Self::Country => "Country",
            Self::Language => "Language",
        }
    }

    /// Plural name of the kind, in lower case.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Genre => "genres",
            Self::Actor => "actors",
            Self::Country => "countries",
            Self::Language => "languages",
        }
    }
}

impl ReferenceDraft {
    /// Kind of the reference.
    #[must_use]
    pub const fn kind(&self) -> ReferenceKind {
        match self {
            Self::Named(kind, _) => *kind,
            Self::Country(..) => ReferenceKind::Country,
        }
    }

    /// Name under which it will be stored.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Named(_, name) | Self::Country(_, Some(name)) => name.as_str(),
            Self::Country(code, None) => code.iso_name(),
        }
    }
}

impl ReferenceId {
    /// Whether a movie refers to it.
    #[must_use]
    pub fn describes(self, movie: &Movie) -> bool {
        let among = |named: &[Named]| named.iter().any(|named| named.id == self.id);
        match self.kind {
            ReferenceKind::Genre => among(&movie.genres),
            ReferenceKind::Actor => among(&movie.actors),
            ReferenceKind::Language => among(&movie.languages),
            ReferenceKind::Country => movie.country.id == self.id,
        }
    }
}
