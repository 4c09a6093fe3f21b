//! The report: what stands between two comments of `docs/performance.md`.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, ensure};

use crate::{
    Options,
    figures::{Figure, Quantity},
};

/// A place in the page: the name in its two comments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(&'static str);

/// Where the figures stand.
pub(crate) const FIGURES: Place = Place("figures");
/// Where the queries over a million movies stand.
pub(crate) const MILLION: Place = Place("million");

impl Place {
    fn comments(self) -> (String, String) {
        (format!("<!-- {} -->", self.0), format!("<!-- /{} -->", self.0))
    }
}

/// Makes sure that a report could be written into the page.
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

/// Writes a report into its place; the rest of the page stays as it is.
pub(crate) fn write(page: &Path, place: Place, report: &str) -> anyhow::Result<()> {
    let text = read(page)?;
    let text = replaced(&text, place, report).context("the page has changed while it was measured")?;
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

/// The figures against their aims, and what they are made of.
pub(crate) fn figures(
    figures: &[Figure],
    quantities: &[Quantity],
    movies: i64,
    options: &Options,
    refused: usize,
) -> String {
    let mut told = String::from("| What | Figure | Spread | Aim | |\n|---|---:|---:|---:|---|\n");
    for figure in figures {
        let Figure { quantity, .. } = figure;
        let verdict = if figure.is_met() { "met" } else { "**missed**" };
        row(&mut told, &[quantity.name, &quantity.shown(), &quantity.spread(), &figure.aim(), verdict]);
    }
    told.push_str("\nWhat these are made of:\n\n| What | Median | Spread |\n|---|---:|---:|\n");
    for quantity in quantities {
        row(&mut told, &[quantity.name, &quantity.shown(), &quantity.spread()]);
    }
    let Options { rounds, seconds, connections, .. } = options;
    let _ = writeln!(
        told,
        "\n{movies} movies; medians of {rounds} rounds; each load lasted {seconds} s over {connections} connections."
    );
    if refused > 0 {
        let _ = writeln!(told, "{refused} logins were told to come back later, and do not count.");
    }
    told
}

/// A row of a table.
pub(crate) fn row(table: &mut String, cells: &[&str]) {
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_comments_is_replaced() {
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
