use crate::text::is_control;

/// Maximum length in characters (Unicode scalar values).
const MAX_CHARS: usize = 5_000;

/// Text of a user about themselves: 1–5,000 characters on one or more lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info(String);

/// Error of [`Info::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InfoError {
    /// Empty, or only white space.
    #[error("Info field cannot be empty or contain only spaces.")]
    Blank,
    /// More than 5,000 characters.
    #[error("The info must be at most 5000 characters long.")]
    TooLong,
    /// A control character other than a line break or a tab.
    #[error("The info must not contain control characters.")]
    Control,
}

impl Info {
    /// Parses a text and trims it. Line breaks and tabs are allowed.
    pub fn parse(text: &str) -> Result<Self, InfoError> {
        let text = text.trim();
        let is_forbidden = |character| is_control(character) && !matches!(character, '\n' | '\r' | '\t');
        if text.is_empty() {
            Err(InfoError::Blank)
        } else if text.chars().count() > MAX_CHARS {
            Err(InfoError::TooLong)
        } else if text.contains(is_forbidden) {
            Err(InfoError::Control)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_and_tabs_are_preserved() {
        assert_eq!(
            Info::parse("  I like movies.\n\tAll of them. 🎬 ").unwrap().as_str(),
            "I like movies.\n\tAll of them. 🎬"
        );
    }

    #[test]
    fn blank_or_long_texts_and_control_characters_are_rejected() {
        for text in ["", "   ", "\n\t", "\u{a0}"] {
            assert_eq!(Info::parse(text), Err(InfoError::Blank), "{text:?}");
        }
        assert!(Info::parse(&"ж".repeat(5_000)).is_ok());
        assert_eq!(Info::parse(&"ж".repeat(5_001)), Err(InfoError::TooLong));
        for text in ["a\0b", "a\u{202e}b", "a\u{1b}[31m"] {
            assert_eq!(Info::parse(text), Err(InfoError::Control), "{text:?}");
        }
    }
}
