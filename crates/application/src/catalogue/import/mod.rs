//! Loading movies from the data set that the field uses.

mod crew;
mod load;
mod row;

pub use load::{
    ImportError, ImportReport, Refusal, SourceDraft, SourceRow, check_rows, drafted, import_movies,
    import_rows,
};
pub use row::{COLUMNS, ImportRow, RowError};
