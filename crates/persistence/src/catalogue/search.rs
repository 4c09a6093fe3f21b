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

/// Which parts of a film a query looks at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parts {
    Title,
    Names,
    All,
}

/// Whether a word of a query finds itself alone, or what begins with it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Exact,
    Open,
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

/// A film's words as PostgreSQL writes a `tsvector`, with weight A in the title, B in names and D in the overview. Its own
/// parser is not asked: it has other ideas of what a word is.
fn document(text: &SearchText) -> String {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (words, place) in [(&text.title, "1A"), (&text.people, "2B"), (&text.plot, "3D")] {
        for word in words {
            places.entry(word).or_default().push(place);
        }
    }
    let entry = |(word, places): (&&str, &Vec<&str>)| format!("'{word}':{}", places.join(","));
    places.iter().map(entry).collect::<Vec<_>>().join(" ")
}

/// A query with what may stand for its words. A word that no film has is taken for a mistyped one.
pub(super) async fn terms(
    connection: &impl ConnectionTrait,
    query: &SearchQuery,
    has_trigrams: bool,
) -> Result<SearchTerms, StoreError> {
    let mut meant: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in query.words().iter().filter(|word| has_trigrams && may_be_mistyped(word)) {
        if meant.len() == MAX_MISTYPED {
            break;
        }
        if !is_known(connection, word).await? {
            let alike = alike(connection, word).await?;
            meant.insert(word.clone(), corrections(word, alike));
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
pub(super) fn tsquery(terms: &SearchTerms, parts: Parts, ends: Ends) -> String {
    let weights = match parts {
        Parts::Title => "A",
        Parts::Names => "AB",
        Parts::All => "",
    };
    let variant = |word: &String| {
        let star = if is_open(word, ends) { "*" } else { "" };
        let flags = format!("{star}{weights}");
        if flags.is_empty() { format!("'{word}'") } else { format!("'{word}':{flags}") }
    };
    let word = |variants: &Vec<String>| {
        format!("({})", variants.iter().map(variant).collect::<Vec<_>>().join(" | "))
    };
    terms.words.iter().map(word).collect::<Vec<_>>().join(" & ")
}

/// The terms as a `MATCH` expression of SQLite's FTS5.
pub(super) fn fts_match(terms: &SearchTerms, parts: Parts, ends: Ends) -> String {
    let columns = match parts {
        Parts::Title => "{title} : ",
        Parts::Names => "{title people} : ",
        Parts::All => "",
    };
    let variant = |word: &String| format!("\"{word}\"{}", if is_open(word, ends) { " *" } else { "" });
    let word = |variants: &Vec<String>| {
        format!("({})", variants.iter().map(variant).collect::<Vec<_>>().join(" OR "))
    };
    let words = terms.words.iter().map(word).collect::<Vec<_>>().join(" AND ");
    format!("{columns}({words})")
}

fn is_open(word: &str, ends: Ends) -> bool {
    ends == Ends::Open && finds_beginnings(word)
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
        let expected = "('matrix':*A | 'matrox':*A) & ('2':A) & ('%':A)";
        assert_eq!(tsquery(&terms, Parts::Title, Ends::Open), expected);
        assert_eq!(tsquery(&terms, Parts::All, Ends::Exact), "('matrix' | 'matrox') & ('2') & ('%')");
        let expected = "{title} : ((\"matrix\" * OR \"matrox\" *) AND (\"2\") AND (\"%\"))";
        assert_eq!(fts_match(&terms, Parts::Title, Ends::Open), expected);
    }

    #[test]
    fn a_document_tells_where_each_word_stands() {
        let text = SearchText::new("Léon", ["Jean Reno"], "Léon, a cleaner.");
        assert_eq!(document(&text), "'a':3D 'cleaner':3D 'jean':2B 'leon':1A,3D 'reno':2B");
    }
}
