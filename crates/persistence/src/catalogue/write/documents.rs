//! Search documents: the words by which movies are found, as each database stores them.

use std::collections::BTreeSet;

use domain::{
    catalogue::{MovieId, SearchText},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, Value,
    sea_query::{Expr, ExprTrait, Query},
};

use super::{
    execute, read_movie,
    rows::{self, CHUNK, Type},
    run,
};
use crate::catalogue::read::Part;

/// Lengths of words that may correct mistyped ones, in characters.
const KNOWN_CHARS: std::ops::RangeInclusive<usize> = 4..=30;

/// The search document of a movie, as its database stores it.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// A `tsvector`, or the words of the title, of the actors and of the overview.
    parts: Vec<String>,
    /// Words that may correct mistyped ones.
    words: Vec<String>,
}

impl Prepared {
    pub(super) fn new(backend: DatabaseBackend, text: &SearchText) -> Self {
        let parts = if backend == DatabaseBackend::Postgres {
            vec![document(text)]
        } else {
            [&text.title, &text.people, &text.plot].map(|words| words.join(" ")).to_vec()
        };
        let is_useful = |word: &&str| {
            KNOWN_CHARS.contains(&word.chars().count()) && word.chars().all(char::is_alphabetic)
        };
        let words = text.words().into_iter().filter(is_useful).map(str::to_owned).collect();
        Self { parts, words }
    }

    fn row<const N: usize>(&self, id: MovieId) -> [Value; N] {
        let mut values =
            std::iter::once(id.0.into()).chain(self.parts.iter().map(|part| part.as_str().into()));
        std::array::from_fn(|_| values.next().unwrap_or_else(|| String::new().into()))
    }
}

/// Replaces the search documents of stored movies, by their ids in ascending order.
pub(super) async fn refresh(connection: &impl ConnectionTrait, ids: &[i64]) -> Result<(), StoreError> {
    let movies = read_movie::in_full(connection, ids).await?;
    let texts: Vec<_> = movies.iter().map(|movie| (movie.id, read_movie::search_text(movie))).collect();
    write(connection, &texts).await
}

/// Replaces the search documents of movies.
pub(super) async fn write(
    connection: &impl ConnectionTrait,
    movies: &[(MovieId, SearchText)],
) -> Result<(), StoreError> {
    let backend = connection.get_database_backend();
    let movies: Vec<_> = movies.iter().map(|(id, text)| (*id, Prepared::new(backend, text))).collect();
    write_prepared(connection, &movies).await
}

/// The same with prepared documents.
pub(super) async fn write_prepared(
    connection: &impl ConnectionTrait,
    movies: &[(MovieId, Prepared)],
) -> Result<(), StoreError> {
    let backend = connection.get_database_backend();
    for chunk in movies.chunks(CHUNK) {
        if backend == DatabaseBackend::Postgres {
            let documents = chunk.iter().map(|(id, movie)| movie.row(*id));
            let (source, values) = rows::source(backend, [Type::Integer, Type::Text], documents);
            let sql = format!(
                "INSERT INTO movie_search (movie_id, document)
                 SELECT id, document::tsvector FROM ({source}) movies (id, document)
                 ON CONFLICT (movie_id) DO UPDATE SET document = EXCLUDED.document"
            );
            execute(connection, sql, values).await?;
        } else {
            let is_old = Expr::col("rowid").is_in(chunk.iter().map(|(id, _)| id.0));
            run(connection, Query::delete().from_table("movie_search").and_where(is_old)).await?;
            let words = chunk.iter().map(|(id, movie)| movie.row(*id));
            let types = [Type::Integer, Type::Text, Type::Text, Type::Text];
            let (source, values) = rows::source(backend, types, words);
            let sql = format!("INSERT INTO movie_search (rowid, title, people, plot) {source}");
            execute(connection, sql, values).await?;
        }
    }
    add_words(connection, movies.iter().flat_map(|(_, movie)| &movie.words)).await
}

/// Stores words that may correct mistyped ones, in sorted order, so that two writers cannot deadlock.
async fn add_words(
    connection: &impl ConnectionTrait,
    words: impl Iterator<Item = &String>,
) -> Result<(), StoreError> {
    let words: Vec<_> = words.collect::<BTreeSet<_>>().into_iter().collect();
    let backend = connection.get_database_backend();
    for chunk in words.chunks(rows::at_a_time(backend, 1)) {
        let (source, values) =
            rows::source(backend, [Type::Text], chunk.iter().map(|word| [word.as_str().into()]));
        let sql = format!("INSERT INTO search_words (word) {source} ON CONFLICT DO NOTHING");
        execute(connection, sql, values).await?;
    }
    Ok(())
}

/// The words of a movie as a `tsvector`: each once for every part that contains it. PostgreSQL's own parser is not used,
/// because it splits text into other words than SQLite and the domain do.
fn document(text: &SearchText) -> String {
    let SearchText { title, people, plot } = text;
    let parts: [(Part, &[&Vec<String>]); 3] =
        [(Part::Title, &[title]), (Part::Names, &[title, people]), (Part::All, &[title, people, plot])];
    let words: BTreeSet<String> = parts
        .into_iter()
        .flat_map(|(part, words)| {
            words.iter().copied().flatten().map(move |word| format!("{}{word}", part.mark()))
        })
        .collect();
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_each_word_once_for_every_part_that_contains_it() {
        let text = SearchText::new("Léon", ["Jean Reno"], "Léon, a cleaner.");
        let expected = "'aa' 'acleaner' 'ajean' 'aleon' 'areno' 'njean' 'nleon' 'nreno' 'tleon'";
        assert_eq!(document(&text), expected);
    }
}
