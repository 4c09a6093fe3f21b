//! Search for movies: when a word matches, and how matches are ranked.

use std::collections::BTreeSet;

use strsim::osa_distance;

use super::words::{QueryWord, folded, query_words, search_words};

/// Minimum number of characters of a word for a prefix match.
const PREFIX_CHARS: usize = 3;
/// Minimum number of characters of a word in which a typing error is tolerated.
const MISTAKE_CHARS: usize = 5;
/// Minimum number of characters of a word in which two typing errors are tolerated.
const TWO_MISTAKES_CHARS: usize = 8;

/// A search query. It may have no words, if its text consists of punctuation; then it matches nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    text: String,
    phrase: String,
    words: Vec<QueryWord>,
}

/// Error of [`SearchQuery::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchQueryError {
    /// Empty, or only white space.
    #[error("The search must not be empty.")]
    Empty,
    /// More than 200 characters.
    #[error("The search must be at most 200 characters long.")]
    TooLong,
}

/// A query with the variants of its words: one variant of each word must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchTerms {
    /// The words of the query in sequence, for an exact match of the title.
    pub phrase: String,
    /// The variants of each word: the word itself, or its corrections.
    pub words: Vec<Vec<String>>,
}

/// The searchable words of a movie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText {
    /// Words of the title.
    pub title: Vec<String>,
    /// Words of the actors' names.
    pub people: Vec<String>,
    /// Words of the overview.
    pub plot: Vec<String>,
}

/// Rank of a match, the best first. Movies of the same rank are in descending order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relevance {
    /// The title equals the query.
    Title,
    /// The title has all words.
    WordsInTitle,
    /// The title has all words as prefixes.
    PrefixInTitle,
    /// Title and actors together have all words.
    WordsInNames,
    /// Title and actors together have all words as prefixes.
    PrefixInNames,
    /// Some words are only in the overview.
    Anywhere,
}

/// Whether a word of a query is matched as a prefix. In scripts without case every word is, because a single character is
/// specific and words are seldom separated.
#[must_use]
pub fn matches_prefix(word: &str) -> bool {
    let caseless = |character: char| character.is_alphabetic() && !character.is_lowercase();
    word.chars().nth(PREFIX_CHARS - 1).is_some() || word.chars().any(caseless)
}

/// Whether an unknown word may contain typing errors: it has at least five characters, all of them alphabetic.
#[must_use]
pub fn may_be_mistyped(word: &str) -> bool {
    word.chars().nth(MISTAKE_CHARS - 1).is_some() && word.chars().all(char::is_alphabetic)
}

/// The known words with the fewest typing errors (an extra, missing or wrong character, or two swapped) compared to `word`.
/// One error is tolerated, two in a long word. At most eight words, in alphabetical order.
#[must_use]
pub fn corrections(word: &str, known: impl IntoIterator<Item = String>) -> Vec<String> {
    let allowed = if word.chars().nth(TWO_MISTAKES_CHARS - 1).is_some() { 2 } else { 1 };
    let with_mistakes = |known: String| (osa_distance(word, &known), known);
    let near: BTreeSet<_> =
        known.into_iter().map(with_mistakes).filter(|(mistakes, _)| *mistakes <= allowed).collect();
    let fewest = near.first().map_or(0, |(mistakes, _)| *mistakes);
    near.into_iter().filter(|(mistakes, _)| *mistakes == fewest).take(8).map(|(_, word)| word).collect()
}

impl SearchQuery {
    /// Maximum length of a query in characters (Unicode scalar values).
    pub const MAX_CHARS: usize = 200;

    /// Parses a query.
    pub fn parse(text: &str) -> Result<Self, SearchQueryError> {
        if text.trim().is_empty() {
            return Err(SearchQueryError::Empty);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(SearchQueryError::TooLong);
        }
        let mut words = query_words(text);
        let mut seen = BTreeSet::new();
        words.retain(|word| seen.insert(word.word.clone()));
        Ok(Self { text: text.trim().to_owned(), phrase: folded(text), words })
    }

    /// The distinct words.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.word.as_str())
    }

    /// All words in sequence, including repetitions.
    #[must_use]
    pub fn phrase(&self) -> &str {
        &self.phrase
    }

    /// The trimmed text of the query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl SearchTerms {
    /// Builds the terms of a query; `variants` returns the variants of a word. Joined words also match as one word:
    /// `spider-man` finds `Spiderman`.
    pub fn new(query: &SearchQuery, variants: impl Fn(&str) -> Vec<String>) -> Self {
        let term = |QueryWord { word, joined }: &QueryWord| {
            let mut all = variants(word);
            all.extend(joined.clone());
            all
        };
        let words = query.words.iter().map(term).collect();
        Self { phrase: query.phrase.clone(), words }
    }

    /// Rank of a movie; `None` if it does not match.
    #[must_use]
    pub fn relevance(&self, title: &str, text: &SearchText) -> Option<Relevance> {
        let exact = |known: &str, word: &str| known == word;
        let beginning =
            |known: &str, word: &str| known == word || (matches_prefix(word) && known.starts_with(word));
        let all = |parts: &[&Vec<String>], same: &dyn Fn(&str, &str) -> bool| {
            let found = |word: &String| parts.iter().any(|part| part.iter().any(|known| same(known, word)));
            !self.words.is_empty() && self.words.iter().all(|variants| variants.iter().any(found))
        };
        let SearchText { title: words, people, plot } = text;
        if !all(&[words, people, plot], &beginning) {
            None
        } else if folded(title) == self.phrase {
            Some(Relevance::Title)
        } else if all(&[words], &exact) {
            Some(Relevance::WordsInTitle)
        } else if all(&[words], &beginning) {
            Some(Relevance::PrefixInTitle)
        } else if all(&[words, people], &exact) {
            Some(Relevance::WordsInNames)
        } else if all(&[words, people], &beginning) {
            Some(Relevance::PrefixInNames)
        } else {
            Some(Relevance::Anywhere)
        }
    }
}

impl SearchText {
    /// Extracts the words of a movie.
    pub fn new<'a>(title: &str, actors: impl IntoIterator<Item = &'a str>, overview: &str) -> Self {
        let unique = |mut words: Vec<String>| {
            words.sort_unstable();
            words.dedup();
            words
        };
        Self {
            title: unique(search_words(title)),
            people: unique(actors.into_iter().flat_map(search_words).collect()),
            plot: unique(search_words(overview)),
        }
    }

    /// The distinct words.
    #[must_use]
    pub fn words(&self) -> BTreeSet<&str> {
        [&self.title, &self.people, &self.plot].into_iter().flatten().map(String::as_str).collect()
    }
}

impl Relevance {
    /// All ranks, the best first.
    pub const ALL: [Self; 6] = [
        Self::Title,
        Self::WordsInTitle,
        Self::PrefixInTitle,
        Self::WordsInNames,
        Self::PrefixInNames,
        Self::Anywhere,
    ];
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranked(query: &str, title: &str, actors: &[&str], overview: &str) -> Option<Relevance> {
        let query = SearchQuery::parse(query).unwrap();
        let text = SearchText::new(title, actors.iter().copied(), overview);
        let known: Vec<_> = text.words().into_iter().map(str::to_owned).collect();
        let variants = |word: &str| {
            let is_known = known.iter().any(|known| known.starts_with(word));
            let near =
                if is_known || !may_be_mistyped(word) { vec![] } else { corrections(word, known.clone()) };
            if near.is_empty() { vec![word.to_owned()] } else { near }
        };
        SearchTerms::new(&query, variants).relevance(title, &text)
    }

    #[test]
    fn case_diacritics_and_hyphens_do_not_matter() {
        for (query, title) in [
            ("leon", "Léon"),
            ("LÉON", "Leon"),
            ("spider man", "Spider-Man"),
            ("spiderman", "Spider-Man"),
            ("spider-man", "Spider Man"),
            ("oceans", "Ocean's Eleven"),
            ("strasse", "Die Straße"),
            ("lodz", "Łódź"),
            ("ивановичу", "Ивановичу"),
            ("千と", "千と千尋の神隠し"),
            ("ΟΔΥΣΣΕΑΣ", "Οδυσσέας"),
            ("spider-man", "Spiderman"),
            ("mash", "M*A*S*H"),
            ("8½", "8 1/2"),
            ("8 1/2", "8½"),
        ] {
            assert!(ranked(query, title, &[], "").is_some(), "{query} in {title}");
        }
    }

    #[test]
    fn a_part_of_a_word_is_found_in_scripts_without_spaces() {
        for (query, title) in [
            ("千尋", "千と千尋の神隠し"),
            ("神隠し", "千と千尋の神隠し"),
            ("し", "千と千尋の神隠し"),
            ("尋", "千と千尋の神隠し"),
            ("생충", "기생충"),
            ("บาง", "องค์บาก 2 บางกอก"),
            ("2046年", "2046年"),
        ] {
            assert!(ranked(query, title, &[], "").is_some(), "{query} in {title}");
        }
        for (query, title) in [("尋千", "千と千尋の神隠し"), ("猫", "千と千尋の神隠し"), ("충생", "기생충")]
        {
            assert_eq!(ranked(query, title, &[], ""), None, "{query} in {title}");
        }
        assert_eq!(ranked("千と千尋の神隠し", "千と千尋の神隠し", &[], ""), Some(Relevance::Title));
    }

    #[test]
    fn typing_errors_in_longer_words_are_tolerated() {
        for (query, title) in [
            ("matrx", "The Matrix"),
            ("martix", "Matrix"),
            ("shawshenk redemtion", "The Shawshank Redemption"),
        ] {
            assert!(ranked(query, title, &[], "").is_some(), "{query} in {title}");
        }
        for (query, title) in [("cot", "Cat"), ("mtrax", "Matrix"), ("godfather", "Goodfellas")] {
            assert_eq!(ranked(query, title, &[], ""), None, "{query} in {title}");
        }
    }

    #[test]
    fn better_matches_come_first() {
        let ranks = [
            ranked("leon", "Léon", &[], ""),
            ranked("leon", "Leon the Pig Farmer", &[], ""),
            ranked("leon", "Leonard", &[], ""),
            ranked("leon", "Up", &["León Peña"], ""),
            ranked("leon", "Up", &["Leonardo DiCaprio"], ""),
            ranked("leon", "Up", &[], "Leon comes."),
        ];
        assert_eq!(ranks.map(Option::unwrap), Relevance::ALL);
        let twice = ranked("new york, new york", "New York, New York", &[], "");
        assert_eq!(twice, Some(Relevance::Title));
        assert_eq!(ranked("leon down", "Leon", &[], "Up."), None);
    }

    #[test]
    fn pattern_characters_are_matched_literally() {
        assert!(ranked("100%", "100% Wolf", &[], "").is_some());
        for (query, title) in
            [("100%", "100 Wolves"), ("%", "Wolf"), ("_", "Wolf"), ("w_lf", "Wolf"), ("!", "Wolf!")]
        {
            assert_eq!(ranked(query, title, &[], ""), None, "{query} in {title}");
        }
    }

    #[test]
    fn empty_and_long_queries_are_rejected() {
        assert_eq!(SearchQuery::parse(" \t"), Err(SearchQueryError::Empty));
        assert_eq!(SearchQuery::parse(&"a".repeat(201)), Err(SearchQueryError::TooLong));
        assert!(SearchQuery::parse("?!").unwrap().words().next().is_none());
    }

    proptest! {
        #[test]
        fn words_are_alphanumeric_or_a_pattern_character(text in "\\PC{0,80}") {
            for word in search_words(&text) {
                let plain = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '%' | '_'));
                prop_assert!(plain && !word.is_empty(), "{word}");
            }
        }

        #[test]
        fn folding_is_idempotent(text in "\\PC{0,80}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
