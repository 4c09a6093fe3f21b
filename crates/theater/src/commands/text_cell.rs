//! Texts in cells of a CSV file. A spreadsheet runs a cell that begins like a formula; with an apostrophe before it, it is
//! text (OWASP, CSV Injection).

use std::borrow::Cow;

/// The characters that a formula, or what a spreadsheet takes for one, begins with.
const STARTS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];
const APOSTROPHE: char = '\'';

/// The cell of a text. A text that looks like such a cell gets an apostrophe as well, so that every cell reads back.
pub(super) fn written(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches(APOSTROPHE)) {
        Cow::Owned(format!("{APOSTROPHE}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of a cell.
pub(super) fn read(cell: &str) -> &str {
    match cell.strip_prefix(APOSTROPHE) {
        Some(text) if is_formula(text.trim_start_matches(APOSTROPHE)) => text,
        _ => cell,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(STARTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_read_back() {
        for (text, cell) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("''-1", "'''-1"),
            ("'Tis", "'Tis"),
            ("a = b", "a = b"),
            ("", ""),
        ] {
            assert_eq!((written(text).as_ref(), read(cell)), (cell, text));
        }
    }
}
