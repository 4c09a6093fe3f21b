//! Rules for text that hold wherever people may write it.

/// Whether a character is invisible control: NUL, a line break, an escape, a bidirectional override and the like.
/// Such characters corrupt logs, mail headers and terminals, and PostgreSQL refuses NUL outright.
pub(crate) fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text with every run of white space made one plain space and none left at the ends.
pub(crate) fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_of_any_kind_becomes_one_plain_space() {
        assert_eq!(collapse_spaces("\u{a0} Science\u{a0}\u{a0}Fiction\t"), "Science Fiction");
    }

    #[test]
    fn letters_of_any_script_are_not_control() {
        assert!(!"Amélie 千と千尋 Ірина".chars().any(is_control));
    }

    #[test]
    fn nul_line_breaks_and_overrides_are_control() {
        assert!("\0\n\r\u{1b}\u{202e}".chars().all(is_control));
    }
}
