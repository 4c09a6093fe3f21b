use std::path::Path;

use application::{
    catalogue::{
        Catalogue,
        import::{ImportError, ImportReport, Refusal, import_movies},
    },
    profiles::Profiles,
};
use domain::store::StoreError;

use crate::{LegacyDatabase, accounts::import_account, movies::draft};

/// Accounts or movies per read, and the maximum in memory.
const BATCH: i64 = 500;

/// Why the import stopped.
#[derive(Debug, thiserror::Error)]
pub enum LegacyImportError {
    /// The URL of the legacy database is invalid. The message omits it: it may contain the password.
    #[error("the URL must look like postgres://user:password@host/database")]
    Url,
    /// The legacy database is unreachable or failed.
    #[error("the database of the py-online-cinema failed")]
    Legacy(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database of this service failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Result of [`import_legacy`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegacyImportReport {
    /// Accounts that were created.
    pub accounts: u64,
    /// Accounts whose address is already registered; they are left unchanged.
    pub known_accounts: u64,
    /// Accounts that were not imported because their data is invalid.
    pub refused_accounts: u64,
    /// Profiles that were created.
    pub profiles: u64,
    /// Pictures that were uploaded.
    pub avatars: u64,
    /// Result of the import of the movies.
    pub movies: ImportReport,
}

/// Imports all accounts and movies of the legacy service; existing ones are left unchanged. `avatars` is a folder with the
/// files of its bucket; without it, no pictures are imported. Passes each account, field, picture and movie that cannot be
/// imported to `log`, with its legacy id and never with a password.
///
/// # Errors
///
/// [`LegacyImportError`]. Everything imported before it stays stored, and a repeated import adds the rest.
pub async fn import_legacy(
    legacy: &LegacyDatabase,
    profiles: &Profiles,
    catalogue: &Catalogue,
    avatars: Option<&Path>,
    mut log: impl FnMut(String),
) -> Result<LegacyImportReport, LegacyImportError> {
    let mut report = LegacyImportReport::default();
    let mut last = 0;
    loop {
        let accounts = legacy.accounts(last, BATCH).await?;
        let Some(newest) = accounts.last() else { break };
        last = newest.id;
        for account in &accounts {
            import_account(profiles, account, avatars, &mut report, &mut log).await?;
        }
    }
    last = 0;
    loop {
        let movies = legacy.movies(last, BATCH).await?;
        let Some(newest) = movies.last() else { return Ok(report) };
        last = newest.id;
        let refused = |refusal: Refusal| log(format!("movie {}: {}", refusal.line, refusal.error));
        let drafts = movies.iter().map(|movie| Ok::<_, StoreError>(draft(movie)));
        let imported = import_movies(catalogue, drafts, refused, |_| {}).await;
        let imported = imported.map_err(|error| match error {
            ImportError::Source(error) | ImportError::Store(error) => error,
        })?;
        report.movies.read += imported.read;
        report.movies.added += imported.added;
        report.movies.existing += imported.existing;
        report.movies.refused += imported.refused;
    }
}
