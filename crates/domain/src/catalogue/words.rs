//! Splits texts into words and folds them, so that case and diacritics do not matter.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Maximum length of a word in characters; longer words are truncated.
const MAX_WORD_CHARS: usize = 60;

/// The words of a text without case and diacritics, for sorting and comparison.
#[must_use]
pub fn folded(text: &str) -> String {
    plain_words(text).join(" ")
}

/// The words by which a text is found: letters and digits without case and diacritics. Words joined by a hyphen, an
/// apostrophe, a full stop or an asterisk are found separately and as one (`Spider-Man`: spider, man, spiderman). A word of
/// a script without spaces is found by each of its bigrams. The signs `%` and `_` are words.
#[must_use]
pub fn search_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for token in tokens(text) {
        for word in &token.words {
            parts(word, &mut words);
            // A query of one character matches bigrams by prefix, and no bigram starts with the last character.
            words.extend(word.chars().next_back().filter(|last| is_unspaced(*last)).map(String::from));
        }
        if let Some(joined) = token.joined {
            words.push(joined);
        }
    }
    words
}

/// A word of a query. `joined` is the whole word that it is a part of, if it is joined with others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct QueryWord {
    pub(super) word: String,
    pub(super) joined: Option<String>,
}

/// The words of a query in their order.
pub(super) fn query_words(text: &str) -> Vec<QueryWord> {
    let mut all = Vec::new();
    for token in tokens(text) {
        let mut words = Vec::new();
        token.words.iter().for_each(|word| parts(word, &mut words));
        all.extend(words.into_iter().map(|word| QueryWord { word, joined: token.joined.clone() }));
    }
    all
}

/// Words that are separated only by joining characters.
struct Token {
    words: Vec<String>,
    /// All of them as one word, if there are several.
    joined: Option<String>,
}

fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let joins = |c: char| matches!(c, '-' | '\'' | '\u{2019}' | '.' | '*' | '\u{2010}' | '\u{2011}');
    let separates =
        move |c: char| !c.is_alphanumeric() && !joins(c) && !is_combining_mark(c) && !matches!(c, '%' | '_');
    text.split(separates).map(|token| {
        let words = plain_words(token);
        let has_sign = words.iter().any(|word| word == "%" || word == "_");
        let joined =
            (words.len() > 1 && !has_sign && !token.contains(is_fraction)).then(|| cut(&words.concat()));
        Token { words, joined }
    })
}

/// Adds a word, or the bigrams of its runs in scripts that are written without spaces.
fn parts(word: &str, into: &mut Vec<String>) {
    let characters: Vec<char> = word.chars().collect();
    for run in characters.chunk_by(|one, other| is_unspaced(*one) == is_unspaced(*other)) {
        if run.len() > 1 && is_unspaced(run[0]) {
            into.extend(run.windows(2).map(String::from_iter));
        } else {
            into.push(run.iter().collect());
        }
    }
}

/// Whether a character belongs to a script without spaces between words, or to Korean, in which a word includes its
/// endings.
fn is_unspaced(character: char) -> bool {
    matches!(
        character,
        // Thai and Lao, Myanmar, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            // Hiragana, Katakana, Bopomofo; Han; Hangul.
            | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
            | '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
    )
}

/// Whether a character is a fraction. It is split like the same fraction in several characters: `8½` like `8 1/2`.
fn is_fraction(character: char) -> bool {
    matches!(character, '\u{bc}'..='\u{be}' | '\u{2150}'..='\u{215f}' | '\u{2189}')
}

pub(super) fn plain_words(text: &str) -> Vec<String> {
    if text.is_ascii() { ascii_words(text) } else { unicode_words(text) }
}

/// [`unicode_words`] for ASCII texts, which are the majority, in less than half of the time.
fn ascii_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let separates = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '%' | '_'));
    for part in text.split(separates) {
        // The signs are words, so one ends before and after each.
        for word in part.split_inclusive(['%', '_']) {
            let (word, sign) = match word.strip_suffix(['%', '_']) {
                Some(rest) => word.split_at(rest.len()),
                None => (word, ""),
            };
            let found = [word, sign].into_iter().filter(|word| !word.is_empty());
            words.extend(found.map(|word| cut(&word.to_ascii_lowercase())));
        }
    }
    words
}

fn unicode_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            // Hangul syllables are decomposed as well and must be composed again.
            words.push(cut(&std::mem::take(word).nfc().collect::<String>()));
        }
    };
    let apart = |character: char| is_fraction(character).then_some(' ').into_iter().chain([character]);
    // Lower case before and after: some upper-case characters decompose differently, and decomposition may give new ones.
    for character in
        text.chars().flat_map(apart).flat_map(char::to_lowercase).nfkd().flat_map(char::to_lowercase)
    {
        match character {
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'đ' | 'ð' => word.push('d'),
            'þ' => word.push_str("th"),
            'ı' => word.push('i'),
            // The final form of sigma; upper case has one form for both.
            'ς' => word.push('σ'),
            '%' | '_' => {
                end(&mut word);
                word.push(character);
                end(&mut word);
            }
            _ if is_combining_mark(character) => {}
            _ if character.is_alphanumeric() => word.push(character),
            _ => end(&mut word),
        }
    }
    end(&mut word);
    words
}

fn cut(word: &str) -> String {
    match word.char_indices().nth(MAX_WORD_CHARS) {
        Some((end, _)) => word[..end].to_owned(),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_functions_give_the_same_words_of_ascii_texts(text in "[ -~\t\n]{0,80}") {
            prop_assert_eq!(ascii_words(&text), unicode_words(&text));
        }
    }
}
