//! Movies and their genres, actors, countries and languages.

mod country;
mod draft;
mod filter;
mod movie;
mod name;
mod ports;
mod score;
mod search;
mod status;
mod taxonomy;
mod words;

pub use country::{Country, CountryCode, UnknownCountry};
pub use draft::{MAX_NAMES, MovieDraft, MoviePatch, NameList, TooManyNames};
pub use filter::{
    Direction, MovieCursor, MovieFilter, MovieOrder, MovieSort, SortKey, UnknownDirection, UnknownSort, Year,
    YearError,
};
pub use movie::{
    Movie, MovieId, MovieSummary, Named, Overview, OverviewError, ReleaseDate, ReleaseDateError,
};
pub use name::{MAX_NAME_CHARS, Name, NameError};
pub use ports::{
    Added, CatalogueChanges, CatalogueQueries, CatalogueUnit, MoviePage, MovieRepository, TaxonomyCursor,
    TaxonomyRepository,
};
pub use score::{Score, ScoreError};
pub use search::{
    Relevance, SearchQuery, SearchQueryError, SearchTerms, SearchText, corrections, matches_prefix,
    may_be_mistyped,
};
pub use status::{MovieStatus, UnknownStatus};
pub use taxonomy::{Taxonomy, TaxonomyEntry, TaxonomyEntryDraft, TaxonomyEntryId, TaxonomyEntryPatch};
pub use words::{folded, search_words};
