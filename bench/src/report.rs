//! Writes the report between two comments of `docs/performance.md`.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, ensure};

use crate::{
    Options,
    figures::{Figure, Quantity},
};

/// A section of the page between two comments, by the name in these comments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(&'static str);

/// Section of the figures.
pub(crate) const FIGURES: Place = Place("figures");
/// Section of the queries over a million movies.
pub(crate) const MILLION: Place = Place("million");

impl Place {
    fn comments(self) -> (String, String) {
        (format!("<!-- {} -->", self.0), format!("<!-- /{} -->", self.0))
    }
}

/// Checks that the page has all sections.
pub(crate) fn check(page: &Path) -> anyhow::Result<()> {
    let text = read(page)?;
    for place in [FIGURES, MILLION] {
        let (opening, closing) = place.comments();
        ensure!(
            replaced(&text, place, "").is_some(),
            "{} has no {opening} with a {closing} after it: put both where the report belongs",
            page.display()
        );
    }
    Ok(())
}

/// Replaces the content of a section; the rest of the page stays unchanged.
pub(crate) fn write(page: &Path, place: Place, report: &str) -> anyhow::Result<()> {
    let text = read(page)?;
    let text = replaced(&text, place, report).context("the page has changed during the benchmark")?;
    fs::write(page, text).with_context(|| format!("{} cannot be written", page.display()))
}

fn read(page: &Path) -> anyhow::Result<String> {
    fs::read_to_string(page).with_context(|| format!("{} cannot be read", page.display()))
}

fn replaced(text: &str, place: Place, report: &str) -> Option<String> {
    let (opening, closing) = place.comments();
    let (before, rest) = text.split_once(&opening)?;
    let (_, after) = rest.split_once(&closing)?;
    Some(format!("{before}{opening}\n\n{}\n\n{closing}{after}", report.trim()))
}

/// The tables of the figures with their aims, and of the quantities that they are computed from.
pub(crate) fn figures(
    figures: &[Figure],
    quantities: &[Quantity],
    movies: i64,
    options: &Options,
    refused: usize,
) -> String {
    let mut text = String::from("| What | Figure | Spread | Aim | |\n|---|---:|---:|---:|---|\n");
    for figure in figures {
        let Figure { quantity, .. } = figure;
        let verdict = if figure.is_met() { "met" } else { "**missed**" };
        row(&mut text, &[quantity.name, &quantity.shown(), &quantity.spread(), &figure.aim(), verdict]);
    }
    text.push_str("\nWhat these are made of:\n\n| What | Median | Spread |\n|---|---:|---:|\n");
    for quantity in quantities {
        row(&mut text, &[quantity.name, &quantity.shown(), &quantity.spread()]);
    }
    let Options { rounds, seconds, connections, .. } = options;
    let _ = writeln!(
        text,
        "\n{movies} movies; medians of {rounds} rounds; each load lasted {seconds} s over {connections} connections."
    );
    if refused > 0 {
        let _ = writeln!(text, "{refused} logins were refused or timed out, and do not count.");
    }
    text
}

/// Appends a row to a Markdown table.
pub(crate) fn row(table: &mut String, cells: &[&str]) {
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_comments_is_replaced() {
        let page = "# Title\n<!-- figures -->old<!-- /figures -->\nThe end.\n";
        let wanted = "# Title\n<!-- figures -->\n\nnew\n\n<!-- /figures -->\nThe end.\n";
        let once = replaced(page, FIGURES, "new\n").unwrap();
        assert_eq!(once, wanted);
        assert_eq!(replaced(&once, FIGURES, "new").unwrap(), wanted);
    }

    #[test]
    fn a_page_without_the_comments_is_refused() {
        assert_eq!(replaced("# Title\n", FIGURES, "new"), None);
        assert_eq!(replaced("<!-- figures -->\n", FIGURES, "new"), None);
    }
}
