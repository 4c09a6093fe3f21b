use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::text::collapse_spaces;

/// The most characters (Unicode scalar values) of a name.
const MAX_CHARS: usize = 100;

/// A first or a last name: 1–100 letters of any script, spaces, apostrophes and hyphens; in one spelling (NFC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    /// It has no letter.
    #[error("The name must have at least one letter.")]
    NoEmail,
    /// It has something else than letters, spaces, apostrophes and hyphens.
    #[error("The name may have letters, spaces, ' and - only.")]
    Character,
    /// It is too long.
    #[error("The name must be at most 100 characters long.")]
    TooLong,
}

impl PersonName {
    /// Reads a name; white space around it is dropped and every run of it inside becomes one space.
    ///
    /// # Errors
    ///
    /// [`PersonNameError`].
    pub fn parse(text: &str) -> Result<Self, PersonNameError> {
        // No name is so long that it would not fit even if each letter were written in several characters.
        if text.len() > MAX_CHARS * 40 {
            return Err(PersonNameError::TooLong);
        }
        let name = collapse_spaces(&text.nfc().collect::<String>());
        // A mark belongs to the letter before it, which some scripts cannot write in one character.
        let allowed = |character: char| {
            character.is_alphabetic()
                || is_combining_mark(character)
                || matches!(character, ' ' | '\'' | '\u{2019}' | '-')
        };
        if !name.chars().all(allowed) {
            Err(PersonNameError::Character)
        } else if !name.contains(char::is_alphabetic) {
            Err(PersonNameError::NoEmail)
        } else if name.chars().count() > MAX_CHARS {
            Err(PersonNameError::TooLong)
        } else {
            Ok(Self(name))
        }
    }

    /// The name as it was given.
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
    fn people_of_every_script_have_names() {
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
    fn spellings_that_look_the_same_are_the_same() {
        assert_eq!(PersonName::parse("Zoe\u{308}  de \t Wit "), PersonName::parse("Zo\u{eb} de Wit"));
    }

    #[test]
    fn what_is_no_name_is_told() {
        for text in ["R2D2", "Ann!", "<script>", "a\0b", "Ann\u{202e}", "Ann_", "a@b", "😀"] {
            assert_eq!(PersonName::parse(text), Err(PersonNameError::Character), "{text:?}");
        }
        for text in ["", "  ", "-", "' '"] {
            assert_eq!(PersonName::parse(text), Err(PersonNameError::NoEmail), "{text:?}");
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
