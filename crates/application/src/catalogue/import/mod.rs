//! Loading films from the data set that the field uses.

mod crew;
mod load;
mod row;

pub use load::{ImportError, ImportReport, Refusal, SourceRow, check_rows, import_rows};
pub use row::{COLUMNS, ImportRow, RowError};
