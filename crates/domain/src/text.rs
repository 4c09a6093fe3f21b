//! Rules for text that all value objects share.

use std::borrow::Cow;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// Whether a character is an invisible control character: NUL, a line break, an escape, a bidirectional override or the
/// like. Such characters corrupt logs, mail headers and terminals, and PostgreSQL rejects NUL.
pub(crate) fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text in NFC; a text in ASCII always is.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { text.nfc().collect() }
}

/// Replaces each run of white space with one plain space and trims the text.
pub(crate) fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the text consists only of white space and characters without a visible shape.
pub(crate) fn is_invisible(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_whitespace() || is_control(character) || is_ignorable(character))
}

/// `Default_Ignorable_Code_Point` (Unicode, `DerivedCoreProperties.txt`), which includes the Hangul fillers, and the
/// blank pattern of Braille.
fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The form in which two texts are equal when they are a canonical caseless match (Unicode 16, 3.13, D145).
#[must_use]
pub fn caseless_key(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.nfd().default_case_fold().nfd().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonically_equivalent_texts_have_the_same_key_in_any_case() {
        for (one, other) in
            [("Am\u{e9}lie", "AME\u{301}LIE"), ("STRASSE", "Straße"), ("ΟΔΥΣΣΕΎΣ", "οδυσσεύς")]
        {
            assert_eq!(caseless_key(one), caseless_key(other));
        }
        assert_ne!(caseless_key("Amélie"), caseless_key("Amelie"));
    }

    #[test]
    fn fillers_joiners_and_soft_hyphens_are_invisible() {
        for text in ["\u{200b}", "\u{2060}\u{ad}", "\u{3164}", " \u{feff}"] {
            assert!(is_invisible(text), "{text:?}");
        }
        assert!(!is_invisible("\u{200b}8\u{200b}"));
    }

    #[test]
    fn printable_characters_of_any_script_are_not_control() {
        assert!(!"Amélie 千と千尋 Ірина".chars().any(is_control));
    }

    #[test]
    fn nul_line_breaks_and_overrides_are_control() {
        assert!("\0\n\r\u{1b}\u{202e}".chars().all(is_control));
    }
}
