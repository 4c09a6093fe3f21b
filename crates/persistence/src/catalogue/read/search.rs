//! The words of a search: corrections of mistyped ones, and the expressions of each database.

use std::collections::BTreeMap;

use domain::{
    catalogue::{SearchQuery, SearchTerms, corrections, matches_prefix, may_be_mistyped},
    store::StoreError,
};
use sea_orm::{ConnectionTrait, DatabaseBackend};

use super::{all, get};
use crate::catalogue::CatalogueStore;

/// Maximum similar words that are considered as corrections of a word.
const CANDIDATES: u32 = 60;

/// Maximum words of a query that are corrected: each correction searches all known words.
const MAX_MISTYPED: usize = 5;

/// The part of a movie in which words are searched.
#[derive(Clone, Copy, Debug)]
pub(in crate::catalogue) enum Part {
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
    /// Prefix of this part's words in a document of PostgreSQL. With it the index and its statistics distinguish the
    /// parts; weights of words (`'word':A`) would not do so: they are checked row by row.
    pub(in crate::catalogue) const fn mark(self) -> char {
        match self {
            Self::Title => 't',
            Self::Names => 'n',
            Self::All => 'a',
        }
    }
}

impl CatalogueStore {
    /// Whether mistyped words can be corrected. On PostgreSQL this requires an extension that not every role may install.
    pub(super) async fn has_trigrams(&self) -> Result<bool, StoreError> {
        if self.database.reader.get_database_backend() != DatabaseBackend::Postgres {
            return Ok(true);
        }
        let query = || async {
            let sql = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS installed";
            let rows = all(&self.database.reader, sql, vec![]).await?;
            let installed = rows.first().map_or(Ok(false), |row| get(row, "installed"))?;
            if !installed {
                tracing::warn!(
                    "searches tolerate no typing errors: create the extension pg_trgm in the database and restart"
                );
            }
            Ok(installed)
        };
        self.trigrams.get_or_try_init(query).await.copied()
    }
}

/// The terms of a query, with corrections. A word that no movie has is taken for a mistyped one.
pub(super) async fn terms(
    connection: &impl ConnectionTrait,
    query: &SearchQuery,
    has_trigrams: bool,
) -> Result<SearchTerms, StoreError> {
    let mut corrected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in query.words().filter(|word| has_trigrams && may_be_mistyped(word)) {
        if corrected.len() == MAX_MISTYPED {
            break;
        }
        if !is_known(connection, word).await? {
            let alike = alike(connection, word).await?;
            corrected.insert(word.to_owned(), corrections(word, alike));
        }
    }
    let variants = |word: &str| match corrected.get(word) {
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

/// Known words that share trigrams with this one.
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

/// Every term, as any of its variants.
fn combined(terms: &SearchTerms, variant: impl Fn(&String) -> String, or: &str, and: &str) -> String {
    let term =
        |variants: &Vec<String>| format!("({})", variants.iter().map(&variant).collect::<Vec<_>>().join(or));
    terms.words.iter().map(term).collect::<Vec<_>>().join(and)
}

fn is_prefix(word: &str, words: Match) -> bool {
    words == Match::Prefix && matches_prefix(word)
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
}
