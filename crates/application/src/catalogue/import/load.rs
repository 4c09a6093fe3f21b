use domain::{
    catalogue::{Added, MovieDraft},
    store::StoreError,
};

use super::{ImportRow, RowError};
use crate::catalogue::Catalogue;

/// Movies per unit of work; small enough for other writers to proceed in between.
const BATCH: usize = 1_000;

/// Maximum number of attempts to store a batch while the store is unavailable.
const MAX_ATTEMPTS: u32 = 5;

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// First line of the row in the file.
    pub line: u64,
    /// The invalid column and the reason.
    pub error: RowError,
}

/// Result of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows read.
    pub read: u64,
    /// Movies that were added.
    pub added: u64,
    /// Movies that were already in the catalogue or in an earlier row.
    pub existing: u64,
    /// Rows that were not imported because they are invalid.
    pub refused: u64,
}

/// A row from a source: readable, refused because it is unreadable, or an error that ends the import.
pub type SourceRow<E> = Result<Result<ImportRow, Refusal>, E>;

/// A movie from a source: a draft, a refused row, or an error that ends the import.
pub type SourceDraft<E> = Result<Result<MovieDraft, Refusal>, E>;

/// Error that stopped an import. Committed batches stay stored, and a repeated import adds the rest.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E> {
    /// The source failed.
    #[error(transparent)]
    Source(E),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Converts a row to a draft.
pub fn drafted<E>(row: SourceRow<E>) -> SourceDraft<E> {
    row.map(draft_of)
}

/// Imports movies in batches, one unit of work each. An existing movie is left unchanged, so an import can be repeated.
/// Memory use is bounded by the batch size.
///
/// Passes each refused row to `refused`, and the report so far to `progress` after each batch.
pub async fn import_movies<E>(
    catalogue: &Catalogue,
    movies: impl IntoIterator<Item = SourceDraft<E>>,
    mut refused: impl FnMut(Refusal),
    mut progress: impl FnMut(&ImportReport),
) -> Result<ImportReport, ImportError<E>> {
    let mut report = ImportReport::default();
    let mut batch = Vec::with_capacity(BATCH);
    for movie in movies {
        report.read += 1;
        match movie.map_err(ImportError::Source)? {
            Ok(draft) => batch.push(draft),
            Err(refusal) => {
                report.refused += 1;
                refused(refusal);
            }
        }
        if batch.len() == BATCH {
            store(catalogue, &mut batch, &mut report).await?;
            progress(&report);
        }
    }
    store(catalogue, &mut batch, &mut report).await?;
    progress(&report);
    Ok(report)
}

/// Checks rows without importing them; counts them and passes the invalid ones to `refused`.
///
/// Fails with the error of the source.
pub fn check_rows<E>(
    rows: impl IntoIterator<Item = SourceRow<E>>,
    mut refused: impl FnMut(Refusal),
) -> Result<ImportReport, E> {
    let mut report = ImportReport::default();
    for row in rows {
        report.read += 1;
        if let Err(refusal) = draft_of(row?) {
            report.refused += 1;
            refused(refusal);
        }
    }
    Ok(report)
}

fn draft_of(row: Result<ImportRow, Refusal>) -> Result<MovieDraft, Refusal> {
    let row = row?;
    row.draft().map_err(|error| Refusal { line: row.line, error })
}

async fn store(
    catalogue: &Catalogue,
    batch: &mut Vec<MovieDraft>,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut attempts = 1;
    let Added { added, existing } = loop {
        match store_once(catalogue, batch).await {
            // A lock or a lost connection is temporary, and repeating a batch is safe.
            Err(StoreError::Unavailable(_)) if attempts < MAX_ATTEMPTS => attempts += 1,
            outcome => break outcome?,
        }
    };
    report.added += added as u64;
    report.existing += existing as u64;
    batch.clear();
    Ok(())
}

async fn store_once(catalogue: &Catalogue, batch: &[MovieDraft]) -> Result<Added, StoreError> {
    let unit = catalogue.store.begin().await?;
    let added = unit.movies().add_missing(batch).await?;
    unit.commit().await?;
    Ok(added)
}
