use domain::{
    catalogue::{Movie, MovieId, Named},
    ports::StoreError,
};

use super::{Catalogue, import::ImportRow};

/// How many movies are read at once, and so how many are in memory.
const BATCH: u64 = 500;

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError<E> {
    /// A row cannot be written.
    #[error(transparent)]
    Sink(E),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Hands every movie to `sink`, as a row that an import reads, the oldest id first, and returns how many there are.
/// Memory is bounded by the batch, however large the catalogue is. A movie that is added meanwhile comes last.
///
/// The layout has no place for a genre, actor or language with a comma in its name, or called `Unknown`: it is written
/// all the same, and told to `warn` with its movie.
///
/// # Errors
///
/// [`ExportError`].
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

/// Whether an import reads another name than this, or none.
fn is_misread(name: &str) -> bool {
    name.contains(',') || name.to_lowercase() == "unknown"
}

impl From<&Movie> for ImportRow {
    /// The row of a movie. It stands in no file yet, so its line is 0.
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

/// Pairs of an actor and nobody whom they play: `Tom Hanks, , Robin Wright, ,`. The last comma keeps a space inside
/// even where one actor has one word for a name; without any, an import would look for lost spaces in it.
///
/// Of a name with a comma each part makes a pair, or all pairs behind it would be read the wrong way round.
fn crew(actors: &[Named]) -> String {
    let parts = actors.iter().flat_map(|actor| actor.name.split(','));
    parts.map(|part| format!("{}, ,", part.trim())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crew_of(names: &[&str]) -> String {
        let actor = |name: &&str| Named { id: 1, name: (*name).to_owned() };
        crew(&names.iter().map(actor).collect::<Vec<_>>())
    }

    #[test]
    fn actors_are_written_in_pairs_with_nobody() {
        assert_eq!(crew_of(&["Tom Hanks", "Robin Wright"]), "Tom Hanks, , Robin Wright, ,");
        assert_eq!(crew_of(&[]), "");
    }

    #[test]
    fn an_actor_of_one_word_is_not_taken_for_one_whose_spaces_were_lost() {
        assert_eq!(crew_of(&["DeVito"]), "DeVito, ,");
    }

    #[test]
    fn a_comma_in_one_name_moves_no_other() {
        assert_eq!(crew_of(&["Robert Downey, Jr.", "Tom Hanks"]), "Robert Downey, , Jr., , Tom Hanks, ,");
    }

    #[test]
    fn names_that_read_back_as_others_are_found() {
        for (name, misread) in
            [("Downey, Jr.", true), ("UNKNOWN", true), ("Unknown Soldier", false), ("", false)]
        {
            assert_eq!(is_misread(name), misread, "{name:?}");
        }
    }
}
