use std::path::Path;

use application::catalogue::{ExportError, export_movies};
use domain::catalogue::MovieId;

use super::{
    output::{finish_csv, start_csv},
    start,
};
use crate::wiring::Wired;

pub(super) async fn export(output: Option<&Path>) -> anyhow::Result<()> {
    let config = start()?;
    // Opened before the database, so that a file that cannot be written is reported at once.
    let mut rows = start_csv(output)?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    let written = match export_movies(&wired.services.catalogue, |row| rows.write(row), report).await {
        Ok(count) => Ok(count),
        Err(ExportError::Sink(error)) => Err(error),
        Err(ExportError::Store(error)) => return Err(error.into()),
    };
    if let Some(count) = finish_csv(rows, written, output)? {
        // Not on standard output, which may hold the CSV.
        eprintln!("Wrote {count} movies.");
    }
    Ok(())
}

/// Reports a name that an import will not read unchanged.
fn report(movie: MovieId, name: &str) {
    let consequence = if name.contains(',') {
        "contains a comma and will be imported as two names"
    } else {
        "is a placeholder and will be skipped"
    };
    eprintln!("movie {}: the name \"{name}\" {consequence}", movie.0);
}
