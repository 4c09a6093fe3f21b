use super::{CountryCode, Movie, Name, Named};

/// Kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Taxonomy {
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
pub struct TaxonomyEntryId {
    /// Kind of the entry.
    pub kind: Taxonomy,
    /// Identifier among its kind.
    pub id: i64,
}

/// A genre, an actor, a country or a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxonomyEntry {
    /// Identifier among its kind.
    pub id: i64,
    /// Code of a country; `None` for other kinds.
    pub code: Option<CountryCode>,
    /// Name.
    pub name: String,
    /// Number of movies that refer to it.
    pub movie_count: i64,
}

/// An entry to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaxonomyEntryDraft {
    /// A genre, an actor or a language; never a country.
    Named(Taxonomy, Name),
    /// A country; without a name it gets ISO's.
    Country(CountryCode, Option<Name>),
}

/// Changes of an entry; `None` leaves a field unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxonomyEntryPatch {
    /// Name.
    pub name: Option<Name>,
    /// Code of a country.
    pub code: Option<CountryCode>,
}

impl Taxonomy {
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

impl TaxonomyEntryDraft {
    /// Kind of the entry.
    #[must_use]
    pub const fn kind(&self) -> Taxonomy {
        match self {
            Self::Named(kind, _) => *kind,
            Self::Country(..) => Taxonomy::Country,
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

impl TaxonomyEntryId {
    /// Whether a movie refers to it.
    #[must_use]
    pub fn describes(self, movie: &Movie) -> bool {
        let among = |named: &[Named]| named.iter().any(|named| named.id == self.id);
        match self.kind {
            Taxonomy::Genre => among(&movie.genres),
            Taxonomy::Actor => among(&movie.actors),
            Taxonomy::Language => among(&movie.languages),
            Taxonomy::Country => movie.country.id == self.id,
        }
    }
}
