//! Films and what describes them.

mod country;
mod draft;
mod money;
mod movie;
mod name;
mod score;
mod status;

pub use country::{Country, CountryCode, UnknownCountry};
pub use draft::{MAX_NAMES, MovieDraft, MoviePatch, NameList, TooManyNames};
pub use money::{Money, MoneyError};
pub use movie::{
    Movie, MovieId, MovieSummary, Named, Overview, OverviewError, ReleaseDate, ReleaseDateError,
};
pub use name::{MAX_NAME_CHARS, Name, NameError};
pub use score::{Score, ScoreError};
pub use status::{MovieStatus, UnknownStatus};
