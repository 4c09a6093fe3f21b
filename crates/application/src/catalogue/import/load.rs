use domain::{
    catalogue::MovieDraft,
    ports::{Added, StoreError},
};

use super::{ImportRow, RowError};
use crate::catalogue::Catalogue;

/// How many movies one unit of work stores. Small enough for other writers to come in between.
const BATCH: usize = 1_000;

/// How often a batch is tried while the store is not available.
const TRIES: u32 = 5;

/// A row that was not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its first line in the file.
    pub line: u64,
    /// What is wrong with it.
    pub error: RowError,
}

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows seen.
    pub read: u64,
    /// Movies that are new.
    pub added: u64,
    /// Movies that the catalogue, or an earlier row, had already.
    pub already_there: u64,
    /// Rows that describe no movie.
    pub refused: u64,
}

/// A row as its source gives it: readable, unreadable (which refuses it), or the end of all reading.
pub type SourceRow<E> = Result<Result<ImportRow, Refusal>, E>;

/// A movie as a source gives it: a draft, a row that describes none, or the end of all reading.
pub type SourceDraft<E> = Result<Result<MovieDraft, Refusal>, E>;

/// Why an import stopped. Everything before it is kept, and running it again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E> {
    /// The file cannot be read on.
    #[error(transparent)]
    Source(E),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Loads rows: [`import_movies`] of what they describe.
///
/// # Errors
///
/// [`ImportError`].
pub async fn import_rows<E>(
    catalogue: &Catalogue,
    rows: impl IntoIterator<Item = SourceRow<E>>,
    refused: impl FnMut(Refusal),
    progress: impl FnMut(&ImportReport),
) -> Result<ImportReport, ImportError<E>> {
    import_movies(catalogue, rows.into_iter().map(drafted), refused, progress).await
}

/// The movie that a row describes.
pub fn drafted<E>(row: SourceRow<E>) -> SourceDraft<E> {
    row.map(draft_of)
}

/// Loads movies, a batch in one unit of work after the other. A movie that is there already is left as it is, so the same
/// file can be loaded any number of times. Memory is bounded by the batch, however long the file is.
///
/// Each refused row is told to `refused`, and the report so far to `progress` after each batch.
///
/// # Errors
///
/// [`ImportError`].
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

/// Reads rows and loads nothing: how many there are, and which would be refused.
///
/// # Errors
///
/// The source's own, where it cannot be read on.
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
    let mut tries = 1;
    let Added { added, already_there } = loop {
        match store_once(catalogue, batch).await {
            // A lock or a lost connection passes; what was not kept is simply tried again.
            Err(StoreError::Unavailable(_)) if tries < TRIES => tries += 1,
            outcome => break outcome?,
        }
    };
    report.added += added as u64;
    report.already_there += already_there as u64;
    batch.clear();
    Ok(())
}

async fn store_once(catalogue: &Catalogue, batch: &[MovieDraft]) -> Result<Added, StoreError> {
    let unit = catalogue.store.begin().await?;
    let added = unit.movies().add_missing(batch).await?;
    unit.commit().await?;
    Ok(added)
}
