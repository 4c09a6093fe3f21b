//! Finding movies by words: when a word is found, and what counts as the better match.

use std::collections::BTreeSet;

use strsim::osa_distance;

use super::words::{QueryWord, folded, query_words, search_words};

/// Minimum number of letters of a word for a prefix match.
const PREFIX_CHARS: usize = 3;
/// Minimum number of letters of a word in which a typing error is tolerated.
const MISTAKE_CHARS: usize = 5;
/// Minimum number of letters of a word in which two typing errors are tolerated.
const TWO_MISTAKES_CHARS: usize = 8;

/// The words that somebody searches for; at least one, or nothing but signs, which find nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    text: String,
    phrase: String,
    words: Vec<QueryWord>,
}

/// Why a text is no search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchQueryError {
    /// Nothing but white space.
    #[error("The search must not be empty.")]
    Empty,
    /// More than 200 characters.
    #[error("The search must be at most 200 characters long.")]
    TooLong,
}

/// A query with what may stand for its words: each of them has to be found as one of its variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchTerms {
    /// The query's words as they are, for a title that is nothing else.
    pub phrase: String,
    /// The variants of each word: itself, or the known words that it is probably meant to be.
    pub words: Vec<Vec<String>>,
}

/// What of a movie can be searched, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText {
    /// The words of its title.
    pub title: Vec<String>,
    /// The words of its actors' names.
    pub people: Vec<String>,
    /// The words of its overview.
    pub plot: Vec<String>,
}

/// How well a movie matches, the best first. Movies of one rank stand by their id, the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relevance {
    /// The title is what was searched for.
    Title,
    /// The title has all the words.
    WordsInTitle,
    /// The title has words that begin with them.
    BeginningsInTitle,
    /// Title and actors together have all the words.
    WordsInNames,
    /// Title and actors together have words that begin with them.
    BeginningsInNames,
    /// Some are only in the overview.
    Anywhere,
}

/// Whether a word of a query finds what begins with it. In scripts without case a letter tells more, and words are seldom
/// set apart.
#[must_use]
pub fn finds_beginnings(word: &str) -> bool {
    let caseless = |letter: char| letter.is_alphabetic() && !letter.is_lowercase();
    word.chars().nth(PREFIX_CHARS - 1).is_some() || word.chars().any(caseless)
}

/// Whether a word that nobody knows may be a mistyped one.
#[must_use]
pub fn may_be_mistyped(word: &str) -> bool {
    word.chars().nth(MISTAKE_CHARS - 1).is_some() && word.chars().all(char::is_alphabetic)
}

/// Of these known words, those that a mistyped one is probably meant to be: with the fewest mistakes (a letter too much,
/// too few, wrong, or two swapped), of which one is tolerated, and two in a long word. At most eight, by the alphabet.
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
    /// The most characters (Unicode scalar values) of a query.
    pub const MAX_CHARS: usize = 200;

    /// Reads what somebody searches for.
    ///
    /// # Errors
    ///
    /// [`SearchQueryError`] when there is nothing in it, or too much.
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

    /// The words, each once.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.word.as_str())
    }

    /// All its words one after the other, as often as they come.
    #[must_use]
    pub fn phrase(&self) -> &str {
        &self.phrase
    }

    /// The search as it was written, without the white space around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl SearchTerms {
    /// The terms of a query of which `variants` gives what may stand for a word. Instead of words that are joined, a movie
    /// may have them as one: `spider-man` finds `Spiderman`.
    pub fn new(query: &SearchQuery, variants: impl Fn(&str) -> Vec<String>) -> Self {
        let term = |QueryWord { word, joined }: &QueryWord| {
            let mut all = variants(word);
            all.extend(joined.clone());
            all
        };
        let words = query.words.iter().map(term).collect();
        Self { phrase: query.phrase.clone(), words }
    }

    /// How well a movie matches; `None` where it does not.
    #[must_use]
    pub fn relevance(&self, title: &str, text: &SearchText) -> Option<Relevance> {
        let exact = |known: &str, word: &str| known == word;
        let beginning =
            |known: &str, word: &str| known == word || (finds_beginnings(word) && known.starts_with(word));
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
            Some(Relevance::BeginningsInTitle)
        } else if all(&[words, people], &exact) {
            Some(Relevance::WordsInNames)
        } else if all(&[words, people], &beginning) {
            Some(Relevance::BeginningsInNames)
        } else {
            Some(Relevance::Anywhere)
        }
    }
}

impl SearchText {
    /// What can be searched of a movie with this title, these actors and this overview.
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

    /// Every word once.
    #[must_use]
    pub fn words(&self) -> BTreeSet<&str> {
        [&self.title, &self.people, &self.plot].into_iter().flatten().map(String::as_str).collect()
    }
}

impl Relevance {
    /// Every rank, the best first.
    pub const ALL: [Self; 6] = [
        Self::Title,
        Self::WordsInTitle,
        Self::BeginningsInTitle,
        Self::WordsInNames,
        Self::BeginningsInNames,
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
    fn a_mistake_in_a_longer_word_is_forgiven() {
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
    fn signs_of_patterns_mean_themselves() {
        assert!(ranked("100%", "100% Wolf", &[], "").is_some());
        for (query, title) in
            [("100%", "100 Wolves"), ("%", "Wolf"), ("_", "Wolf"), ("w_lf", "Wolf"), ("!", "Wolf!")]
        {
            assert_eq!(ranked(query, title, &[], ""), None, "{query} in {title}");
        }
    }

    #[test]
    fn a_search_is_neither_empty_nor_endless() {
        assert_eq!(SearchQuery::parse(" \t"), Err(SearchQueryError::Empty));
        assert_eq!(SearchQuery::parse(&"a".repeat(201)), Err(SearchQueryError::TooLong));
        assert!(SearchQuery::parse("?!").unwrap().words().next().is_none());
    }

    proptest! {
        #[test]
        fn words_are_what_databases_take_for_words(text in "\\PC{0,80}") {
            for word in search_words(&text) {
                let plain = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '%' | '_'));
                prop_assert!(plain && !word.is_empty(), "{word}");
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,80}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
