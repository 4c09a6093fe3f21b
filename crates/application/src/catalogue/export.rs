use domain::{
    catalogue::{Movie, MovieId, Named},
    store::StoreError,
};

use super::{Catalogue, import::ImportRow};

/// Movies per read, and the maximum in memory.
const BATCH: u64 = 500;

/// Error of [`export_movies`].
#[derive(Debug, thiserror::Error)]
pub enum ExportError<E> {
    /// The sink failed to write a row.
    #[error(transparent)]
    Sink(E),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Passes every movie to `sink` as an import row, lowest id first, and returns the number of movies. Memory use is
/// bounded by the batch size. A movie that is added during the export comes last.
///
/// The layout cannot represent a genre, actor or language with a comma in its name or called `Unknown`: the name is
/// written anyway and reported to `warn` with its movie.
pub async fn export_movies<E>(
    catalogue: &Catalogue,
    mut sink: impl FnMut(&ImportRow) -> Result<(), E>,
    mut warn: impl FnMut(MovieId, &str),
) -> Result<u64, ExportError<E>> {
    let mut count = 0;
    let mut last = None;
    loop {
        let movies = catalogue.queries.movies_in_full(last, BATCH).await?;
        let Some(newest) = movies.last() else { return Ok(count) };
        last = Some(newest.id);
        for movie in &movies {
            let names = [&movie.genres, &movie.actors, &movie.languages].into_iter().flatten();
            for name in names.filter(|name| is_misread(&name.name)) {
                warn(movie.id, &name.name);
            }
            sink(&ImportRow::from(movie)).map_err(ExportError::Sink)?;
            count += 1;
        }
    }
}

/// Whether an import reads a different name or none.
fn is_misread(name: &str) -> bool {
    name.contains(',') || name.to_lowercase() == "unknown"
}

impl From<&Movie> for ImportRow {
    /// Converts a movie to a row; its line is 0 because it is not part of a file.
    fn from(movie: &Movie) -> Self {
        Self {
            line: 0,
            names: movie.name.to_string(),
            date_x: movie.date.to_string(),
            score: movie.score.value().to_string(),
            genre: list(&movie.genres),
            overview: movie.overview.as_str().to_owned(),
            crew: crew(&movie.actors),
            orig_title: movie.name.to_string(),
            status: movie.status.to_string(),
            orig_lang: list(&movie.languages),
            budget_x: movie.budget.to_string(),
            revenue: movie.revenue.to_string(),
            country: movie.country.code.to_string(),
        }
    }
}

fn list(names: &[Named]) -> String {
    names.iter().map(|name| name.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Pairs of an actor and an empty character: `Tom Hanks, , Robin Wright, ,`. The last comma ensures that the text contains
/// a space even if the only actor has a one-word name; an import inserts spaces into a text without any.
///
/// Each part of a name with a comma becomes a pair; otherwise the following pairs would be shifted.
fn crew(actors: &[Named]) -> String {
    let parts = actors.iter().flat_map(|actor| actor.name.split(','));
    parts.map(|part| format!("{}, ,", part.trim())).collect::<Vec<_>>().join(" ")
}
