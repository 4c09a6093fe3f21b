use std::fmt;

use crate::text::{caseless_key, collapse_spaces, composed, is_control, is_invisible};

/// Maximum length of a name in characters (Unicode scalar values).
pub const MAX_NAME_CHARS: usize = 255;

/// The name of a movie, genre, actor or language in NFC: 1–255 characters in any script, on one line, not all of them
/// invisible.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

/// Error of [`Name::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Only white space and invisible characters.
    #[error("The name must not be empty.")]
    Empty,
    /// More than 255 characters.
    #[error("The name must be at most 255 characters long.")]
    TooLong,
    /// A control character.
    #[error("The name must not contain control characters.")]
    Control,
}

impl Name {
    /// Parses a name: composes it (NFC), trims it and replaces each run of white space with one space.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        // No valid name is longer, even if each character is decomposed into several.
        if text.len() > MAX_NAME_CHARS * 40 {
            return Err(NameError::TooLong);
        }
        let name = collapse_spaces(&composed(text));
        if name.is_empty() {
            Err(NameError::Empty)
        } else if name.chars().count() > MAX_NAME_CHARS {
            Err(NameError::TooLong)
        } else if name.contains(is_control) {
            Err(NameError::Control)
        } else if is_invisible(&name) {
            Err(NameError::Empty)
        } else {
            Ok(Self(name))
        }
    }

    /// The normalised name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Key for comparison: names that differ only in case or composition have the same key.
    #[must_use]
    pub fn key(&self) -> String {
        caseless_key(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_are_collapsed_and_case_is_preserved() {
        assert_eq!(Name::parse("  Spanish,\u{a0} Castilian ").unwrap().as_str(), "Spanish, Castilian");
    }

    #[test]
    fn a_name_is_composed_and_not_invisible() {
        assert_eq!(Name::parse("Ame\u{301}lie").unwrap().as_str(), "Am\u{e9}lie");
        for text in ["\u{200b}", "\u{2060}", "\u{ad}", "\u{3164}"] {
            assert_eq!(Name::parse(text), Err(NameError::Empty), "{text:?}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(Name::parse(&"千".repeat(255)).is_ok());
        assert_eq!(Name::parse(&"a".repeat(256)), Err(NameError::TooLong));
    }

    #[test]
    fn empty_names_and_control_characters_are_rejected() {
        assert_eq!(Name::parse(" \u{a0}\t"), Err(NameError::Empty));
        assert_eq!(Name::parse("Dra\0ma"), Err(NameError::Control));
        assert_eq!(Name::parse("abc\u{202e}cba"), Err(NameError::Control));
    }

    proptest! {
        #[test]
        fn parsing_is_stable(text in "\\PC{0,300}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
        }
    }
}
