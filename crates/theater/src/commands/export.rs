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
    // Opened before anything is connected: a file that cannot be written is told at once.
    let mut rows = start_csv(output)?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    let written = match export_movies(&wired.services.catalogue, |row| rows.write(row), report).await {
        Ok(count) => Ok(count),
        Err(ExportError::Sink(error)) => Err(error),
        Err(ExportError::Store(error)) => return Err(error.into()),
    };
    if let Some(count) = finish_csv(rows, written, output)? {
        // Standard output may be the file.
        eprintln!("Wrote {count} movies.");
    }
    Ok(())
}

/// Tells a name that an import will not read as it stands.
fn report(movie: MovieId, name: &str) {
    let consequence = if name.contains(',') {
        "holds a comma and will be read as two"
    } else {
        "stands for nobody and will be left out"
    };
    eprintln!("movie {}: the name \"{name}\" {consequence}", movie.0);
}
