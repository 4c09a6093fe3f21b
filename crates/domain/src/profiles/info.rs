use crate::text::is_control;

/// The most characters (Unicode scalar values) that somebody may tell of themselves.
const MAX_CHARS: usize = 5_000;

/// What somebody tells of themselves: some lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info(String);

/// Why a text tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InfoError {
    /// Nothing but white space.
    #[error("Info field cannot be empty or contain only spaces.")]
    Blank,
    /// Too much.
    #[error("The info must be at most 5000 characters long.")]
    TooLong,
    /// Characters that nobody sees.
    #[error("The info must not contain control characters.")]
    Control,
}

impl Info {
    /// Reads it; white space around it is dropped. Lines may end and be indented.
    ///
    /// # Errors
    ///
    /// [`InfoError`].
    pub fn parse(text: &str) -> Result<Self, InfoError> {
        let text = text.trim();
        let is_hidden = |character| is_control(character) && !matches!(character, '\n' | '\r' | '\t');
        if text.is_empty() {
            Err(InfoError::Blank)
        } else if text.chars().count() > MAX_CHARS {
            Err(InfoError::TooLong)
        } else if text.contains(is_hidden) {
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
    fn some_lines_are_kept_as_they_are() {
        assert_eq!(
            Info::parse("  I like movies.\n\tAll of them. 🎬 ").unwrap().as_str(),
            "I like movies.\n\tAll of them. 🎬"
        );
    }

    #[test]
    fn what_says_nothing_or_too_much_or_hides_something_is_refused() {
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
