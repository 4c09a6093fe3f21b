use super::{CountryCode, Movie, Name, Named};

/// A kind of what movies are described by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// What kind of movie it is.
    Genre,
    /// Who plays in it.
    Actor,
    /// Where it was made.
    Country,
    /// What is spoken in it.
    Language,
}

/// Names one genre, actor, country or language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReferenceId {
    /// Which kind it is of.
    pub kind: ReferenceKind,
    /// Its row.
    pub id: i64,
}

/// A genre, an actor, a country or a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its row.
    pub id: i64,
    /// Its code; countries have one.
    pub code: Option<CountryCode>,
    /// What it is called.
    pub name: String,
    /// How many movies it describes.
    pub movie_count: i64,
}

/// A reference that is about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceDraft {
    /// A genre, an actor or a language, by name. A country is none of these.
    Named(ReferenceKind, Name),
    /// A country; its name is ISO's unless another is given.
    Country(CountryCode, Option<Name>),
}

/// What is to change of a reference; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferencePatch {
    /// What it is called.
    pub name: Option<Name>,
    /// A country's code.
    pub code: Option<CountryCode>,
}

impl ReferenceKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Genre, Self::Actor, Self::Country, Self::Language];

    /// What one of them is called.
    #[must_use]
    pub const fn singular(self) -> &'static str {
        match self {
            Self::Genre => "Genre",
            Self::Actor => "Actor",
            Self::Country => "Country",
            Self::Language => "Language",
        }
    }

    /// What many of them are called.
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
    /// Which kind it is of.
    #[must_use]
    pub const fn kind(&self) -> ReferenceKind {
        match self {
            Self::Named(kind, _) => *kind,
            Self::Country(..) => ReferenceKind::Country,
        }
    }

    /// What it will be called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Named(_, name) | Self::Country(_, Some(name)) => name.as_str(),
            Self::Country(code, None) => code.iso_name(),
        }
    }
}

impl ReferenceId {
    /// Whether a movie is described by it.
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
