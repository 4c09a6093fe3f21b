//! What films are found by: their words, and the words that a mistyped one may be meant to be.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    catalogue::{
        MovieId, SearchQuery, SearchTerms, SearchText, corrections, finds_beginnings, may_be_mistyped,
    },
    ports::StoreError,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, Value};

use super::{
    CHUNK, all, execute, get, list,
    rows::{self, Type},
};

/// Which words may stand for mistyped ones, in letters.
const KNOWN_CHARS: std::ops::RangeInclusive<usize> = 4..=30;
/// How many words that look alike are weighed.
const CANDIDATES: u32 = 60;

/// In how many words of one query mistakes are forgiven: each takes looking through all words.
const MAX_MISTYPED: usize = 5;

/// The part of a movie in which words are searched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Title,
    /// The title and the actors.
    Names,
    /// The title, the actors and the overview.
    All,
}

/// How a word of a query is compared with a word of a movie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Exact,
    Prefix,
}

impl Part {
    /// What the words of this part begin with in a document of PostgreSQL. Its index and its statistics then tell the
    /// parts apart, which weights of words (`'word':A`) would not: they are checked row by row.
    const fn mark(self) -> char {
        match self {
            Self::Title => 't',
            Self::Names => 'n',
            Self::All => 'a',
        }
    }
}

/// What a film is found by, as its database keeps it.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// A `tsvector`, or the words of the title, of the names and of the overview.
    parts: Vec<String>,
    /// What mistyped words may be meant to be.
    words: Vec<String>,
}

impl Prepared {
    pub(super) fn new(backend: DatabaseBackend, text: &SearchText) -> Self {
        let parts = if backend == DatabaseBackend::Postgres {
            vec![document(text)]
        } else {
            [&text.title, &text.people, &text.plot].map(|words| words.join(" ")).to_vec()
        };
        let of_use = |word: &&str| {
            KNOWN_CHARS.contains(&word.chars().count()) && word.chars().all(char::is_alphabetic)
        };
        let words = text.words().into_iter().filter(of_use).map(str::to_owned).collect();
        Self { parts, words }
    }

    fn row<const N: usize>(&self, id: MovieId) -> [Value; N] {
        let mut values =
            std::iter::once(id.0.into()).chain(self.parts.iter().map(|part| part.as_str().into()));
        std::array::from_fn(|_| values.next().unwrap_or_else(|| String::new().into()))
    }
}

/// Replaces what films are found by.
pub(super) async fn write(
    connection: &impl ConnectionTrait,
    films: &[(MovieId, SearchText)],
) -> Result<(), StoreError> {
    let backend = connection.get_database_backend();
    let films: Vec<_> = films.iter().map(|(id, text)| (*id, Prepared::new(backend, text))).collect();
    write_prepared(connection, &films).await
}

/// The same, of what was prepared before.
pub(super) async fn write_prepared(
    connection: &impl ConnectionTrait,
    films: &[(MovieId, Prepared)],
) -> Result<(), StoreError> {
    let backend = connection.get_database_backend();
    for chunk in films.chunks(CHUNK) {
        if backend == DatabaseBackend::Postgres {
            let documents = chunk.iter().map(|(id, film)| film.row(*id));
            let (source, values) = rows::source(backend, [Type::Integer, Type::Text], documents);
            let sql = format!(
                "INSERT INTO movie_search (movie_id, document)
                 SELECT id, document::tsvector FROM ({source}) films (id, document)
                 ON CONFLICT (movie_id) DO UPDATE SET document = EXCLUDED.document"
            );
            execute(connection, sql, values).await?;
        } else {
            let ids: Vec<Value> = chunk.iter().map(|(id, _)| id.0.into()).collect();
            let sql = format!("DELETE FROM movie_search WHERE rowid IN ({})", list(ids.len()));
            execute(connection, sql, ids).await?;
            let words = chunk.iter().map(|(id, film)| film.row(*id));
            let types = [Type::Integer, Type::Text, Type::Text, Type::Text];
            let (source, values) = rows::source(backend, types, words);
            let sql = format!("INSERT INTO movie_search (rowid, title, people, plot) {source}");
            execute(connection, sql, values).await?;
        }
    }
    remember(connection, films.iter().flat_map(|(_, film)| &film.words)).await
}

/// Remembers words that mistyped ones may be meant to be. In their order, so that two writers never wait for each other.
async fn remember(
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

/// A query with what may stand for its words. A word that no film has is taken for a mistyped one.
pub(super) async fn terms(
    connection: &impl ConnectionTrait,
    query: &SearchQuery,
    has_trigrams: bool,
) -> Result<SearchTerms, StoreError> {
    let mut meant: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in query.words().filter(|word| has_trigrams && may_be_mistyped(word)) {
        if meant.len() == MAX_MISTYPED {
            break;
        }
        if !is_known(connection, word).await? {
            let alike = alike(connection, word).await?;
            meant.insert(word.to_owned(), corrections(word, alike));
        }
    }
    let variants = |word: &str| match meant.get(word) {
        Some(words) if !words.is_empty() => words.clone(),
        _ => vec![word.to_owned()],
    };
    Ok(SearchTerms::new(query, variants))
}

async fn is_known(connection: &impl ConnectionTrait, word: &str) -> Result<bool, StoreError> {
    let sql = "SELECT word FROM search_words WHERE word >= $1 AND word < $2 LIMIT 1";
    let end = format!("{word}\u{10ffff}");
    Ok(!all(connection, sql, vec![word.into(), end.into()]).await?.is_empty())
}

/// Known words that share parts with this one.
async fn alike(connection: &impl ConnectionTrait, word: &str) -> Result<Vec<String>, StoreError> {
    let rows = if connection.get_database_backend() == DatabaseBackend::Postgres {
        let sql = format!(
            "SELECT word FROM search_words WHERE word % $1 ORDER BY similarity(word, $1) DESC LIMIT {CANDIDATES}"
        );
        all(connection, sql, vec![word.into()]).await?
    } else {
        let marked: Vec<_> = format!("^{word}$").chars().collect();
        let grams: Vec<_> =
            marked.windows(3).map(|gram| format!("\"{}\"", gram.iter().collect::<String>())).collect();
        let sql = format!(
            "SELECT trim(word, '^$') AS word FROM search_word_trigrams
             WHERE search_word_trigrams MATCH $1 ORDER BY rank LIMIT {CANDIDATES}"
        );
        all(connection, sql, vec![grams.join(" OR ").into()]).await?
    };
    rows.iter().map(|row| get(row, "word")).collect()
}

/// The terms as a `tsquery` of PostgreSQL.
pub(super) fn tsquery(terms: &SearchTerms, part: Part, words: Match) -> String {
    let mark = part.mark();
    let variant = |word: &String| format!("'{mark}{word}'{}", if is_prefix(word, words) { ":*" } else { "" });
    combined(terms, variant, " | ", " & ")
}

/// The terms as a `MATCH` expression of SQLite's FTS5.
pub(super) fn fts_match(terms: &SearchTerms, part: Part, words: Match) -> String {
    let columns = match part {
        Part::Title => "{title} : ",
        Part::Names => "{title people} : ",
        Part::All => "",
    };
    let variant = |word: &String| format!("\"{word}\"{}", if is_prefix(word, words) { " *" } else { "" });
    format!("{columns}({})", combined(terms, variant, " OR ", " AND "))
}

/// Every term, each as one of its variants.
fn combined(terms: &SearchTerms, variant: impl Fn(&String) -> String, or: &str, and: &str) -> String {
    let term =
        |variants: &Vec<String>| format!("({})", variants.iter().map(&variant).collect::<Vec<_>>().join(or));
    terms.words.iter().map(term).collect::<Vec<_>>().join(and)
}

fn is_prefix(word: &str, words: Match) -> bool {
    words == Match::Prefix && finds_beginnings(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(query: &str) -> SearchTerms {
        let variants = |word: &str| match word {
            "matrx" => vec!["matrix".to_owned(), "matrox".to_owned()],
            _ => vec![word.to_owned()],
        };
        SearchTerms::new(&SearchQuery::parse(query).unwrap(), variants)
    }

    #[test]
    fn terms_become_expressions_of_both_databases() {
        let terms = terms("Matrx 2 %");
        let expected = "('tmatrix':* | 'tmatrox':*) & ('t2') & ('t%')";
        assert_eq!(tsquery(&terms, Part::Title, Match::Prefix), expected);
        assert_eq!(tsquery(&terms, Part::All, Match::Exact), "('amatrix' | 'amatrox') & ('a2') & ('a%')");
        let expected = "{title} : ((\"matrix\" * OR \"matrox\" *) AND (\"2\") AND (\"%\"))";
        assert_eq!(fts_match(&terms, Part::Title, Match::Prefix), expected);
    }

    #[test]
    fn a_document_has_each_word_once_for_every_part_that_contains_it() {
        let text = SearchText::new("Léon", ["Jean Reno"], "Léon, a cleaner.");
        let expected = "'aa' 'acleaner' 'ajean' 'aleon' 'areno' 'njean' 'nleon' 'nreno' 'tleon'";
        assert_eq!(document(&text), expected);
    }
}
