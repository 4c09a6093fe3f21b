//! Texts in cells of a CSV file. A spreadsheet evaluates a cell that begins like a formula, unless an apostrophe is before
//! it (OWASP, CSV Injection).

use std::borrow::Cow;

/// The first characters of a cell that a spreadsheet treats as a formula.
const STARTS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];
const APOSTROPHE: char = '\'';

/// Returns the cell of a text. A text that looks like an escaped cell gets an apostrophe as well, so that every text reads
/// back.
pub(super) fn written(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches(APOSTROPHE)) {
        Cow::Owned(format!("{APOSTROPHE}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns the text of a cell.
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
