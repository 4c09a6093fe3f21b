use application::catalogue::import::{ImportRow, Refusal, RowError};
use domain::catalogue::{MovieDraft, Name, NameList};

use crate::database::LegacyMovie;

/// Converts a movie to a draft; the legacy id takes the place of the line.
pub(crate) fn draft(movie: &LegacyMovie) -> Result<MovieDraft, Refusal> {
    let refuse = |error| Refusal { line: movie.id.unsigned_abs(), error };
    let row = ImportRow {
        line: movie.id.unsigned_abs(),
        names: movie.name.clone(),
        date_x: movie.date.clone(),
        score: movie.score.clone(),
        overview: movie.overview.clone(),
        status: status(&movie.status),
        budget_x: movie.budget.clone(),
        revenue: movie.revenue.clone(),
        country: movie.country.clone(),
        ..ImportRow::default()
    };
    let draft = row.draft().map_err(refuse)?;
    let list = |column, all: &[String]| {
        let known =
            all.iter().filter(|name| !name.trim().is_empty() && !name.trim().eq_ignore_ascii_case("unknown"));
        let names = known.map(|name| Name::parse(name)).collect::<Result<Vec<_>, _>>();
        let wrong = |reason: String| refuse(RowError { column, reason });
        NameList::new(names.map_err(|error| wrong(error.to_string()))?)
            .map_err(|error| wrong(error.to_string()))
    };
    Ok(MovieDraft {
        genres: list("genres", &movie.genres)?,
        actors: list("actors", &movie.actors)?,
        languages: list("languages", &movie.languages)?,
        ..draft
    })
}

/// Converts the stored name of an enumeration: `POST_PRODUCTION` becomes `Post Production`.
fn status(text: &str) -> String {
    let words = text.split(['_', ' ']).map(|word| {
        let mut characters = word.chars();
        let first = characters.next().map(|character| character.to_ascii_uppercase());
        first.into_iter().chain(characters.flat_map(char::to_lowercase)).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}
