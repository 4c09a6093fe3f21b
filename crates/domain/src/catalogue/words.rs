//! The words of a text: what they are, and how they are folded so that case and diacritics do not matter.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// No word is longer; what is cut off tells nothing.
const MAX_WORD_CHARS: usize = 60;

/// A text without case and diacritics, as the words by which it is sorted and compared.
#[must_use]
pub fn folded(text: &str) -> String {
    plain_words(text).join(" ")
}

/// The words by which a text is found: letters and digits without case and diacritics. What is joined by a hyphen or an
/// apostrophe is found apart and as one (`Spider-Man`: spider, man, spiderman). The signs `%` and `_` are words.
#[must_use]
pub fn search_words(text: &str) -> Vec<String> {
    let mut words = plain_words(text);
    let joined = |c: char| matches!(c, '-' | '\'' | '\u{2019}' | '.' | '\u{2010}' | '\u{2011}');
    for part in text.split(|c: char| !c.is_alphanumeric() && !joined(c) && !is_combining_mark(c)) {
        let parts = plain_words(part);
        if parts.len() > 1 {
            words.push(cut(&parts.concat()));
        }
    }
    words
}

pub(super) fn plain_words(text: &str) -> Vec<String> {
    if text.is_ascii() { ascii_words(text) } else { unicode_words(text) }
}

/// The same, where nothing is to be folded but capitals: most texts, in less than half of the time.
fn ascii_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in text.split(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '%' | '_'))) {
        // The signs are words, so one ends before and after each.
        for word in part.split_inclusive(['%', '_']) {
            let (word, sign) = match word.strip_suffix(['%', '_']) {
                Some(letters) => word.split_at(letters.len()),
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
            words.push(cut(&std::mem::take(word)));
        }
    };
    // Lower case first and last: some letters in upper case come apart differently, some marks make new ones.
    for letter in text.chars().flat_map(char::to_lowercase).nfkd().flat_map(char::to_lowercase) {
        match letter {
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'đ' | 'ð' => word.push('d'),
            'þ' => word.push_str("th"),
            'ı' => word.push('i'),
            // The form at the end of a word; in capitals there is one for both.
            'ς' => word.push('σ'),
            '%' | '_' => {
                end(&mut word);
                word.push(letter);
                end(&mut word);
            }
            _ if is_combining_mark(letter) => {}
            _ if letter.is_alphanumeric() => word.push(letter),
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
        fn words_of_a_plain_text_are_those_of_any_text(text in "[ -~\t\n]{0,80}") {
            prop_assert_eq!(ascii_words(&text), unicode_words(&text));
        }
    }
}
