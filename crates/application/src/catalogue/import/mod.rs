//! Import of movies from rows in the layout of [`COLUMNS`].

mod crew;
mod load;
mod row;

pub use load::{
    ImportError, ImportReport, Refusal, SourceDraft, SourceRow, check_rows, drafted, import_movies,
};
pub use row::{COLUMNS, ImportRow, RowError};
