use unicode_normalization::char::is_combining_mark;

use crate::text::{collapse_spaces, composed};

/// Maximum length in characters (Unicode scalar values).
const MAX_CHARS: usize = 100;

/// A first or last name in NFC: 1–100 letters of any script, combining marks, spaces, apostrophes and hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

/// Error of [`PersonName::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    /// No letter.
    #[error("The name must have at least one letter.")]
    NoLetter,
    /// A character other than a letter, a combining mark, a space, an apostrophe or a hyphen.
    #[error("The name may have letters, spaces, ' and - only.")]
    Character,
    /// More than 100 characters.
    #[error("The name must be at most 100 characters long.")]
    TooLong,
}

impl PersonName {
    /// Parses a name: composes it (NFC), trims it and replaces each run of white space with one space.
    pub fn parse(text: &str) -> Result<Self, PersonNameError> {
        // No valid name is longer, even if each character is decomposed into several.
        if text.len() > MAX_CHARS * 40 {
            return Err(PersonNameError::TooLong);
        }
        let name = collapse_spaces(&composed(text));
        // Combining marks are allowed: some scripts have no composed character for a base character with its mark.
        let allowed = |character: char| {
            character.is_alphabetic()
                || is_combining_mark(character)
                || matches!(character, ' ' | '\'' | '\u{2019}' | '-')
        };
        if !name.chars().all(allowed) {
            Err(PersonNameError::Character)
        } else if !name.contains(char::is_alphabetic) {
            Err(PersonNameError::NoLetter)
        } else if name.chars().count() > MAX_CHARS {
            Err(PersonNameError::TooLong)
        } else {
            Ok(Self(name))
        }
    }

    /// The normalised name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_any_script_are_accepted() {
        for name in [
            "Ann",
            "Jean-Luc",
            "O'Neil",
            "O’Neil",
            "María José",
            "Ірина",
            "美咲",
            "अनिरुद्ध",
            "محمد",
            "Øyvind",
            "ß",
        ] {
            assert_eq!(PersonName::parse(name).map(|name| name.0), Ok(name.to_owned()), "{name}");
        }
    }

    #[test]
    fn equivalent_spellings_give_the_same_name() {
        assert_eq!(PersonName::parse("Zoe\u{308}  de \t Wit "), PersonName::parse("Zo\u{eb} de Wit"));
    }

    #[test]
    fn invalid_names_are_rejected_with_the_reason() {
        for text in ["R2D2", "Ann!", "<script>", "a\0b", "Ann\u{202e}", "Ann_", "a@b", "😀"] {
            assert_eq!(PersonName::parse(text), Err(PersonNameError::Character), "{text:?}");
        }
        for text in ["", "  ", "-", "' '"] {
            assert_eq!(PersonName::parse(text), Err(PersonNameError::NoLetter), "{text:?}");
        }
        assert!(PersonName::parse(&"я".repeat(100)).is_ok());
        assert_eq!(PersonName::parse(&"я".repeat(101)), Err(PersonNameError::TooLong));
        assert_eq!(PersonName::parse(&"я".repeat(100_000)), Err(PersonNameError::TooLong));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in "\\PC{0,150}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
        }
    }
}
