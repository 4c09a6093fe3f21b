//! The measured values with their aims, and the tables that are written between two comments of `docs/performance.md`.

use std::{env, fmt::Write, fs, num::NonZeroUsize, path::Path, thread};

use anyhow::Context;

use crate::{oha::Effort, postgres::Postgres, process, server::Server};

/// The bound that the median of a figure must meet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    /// Lower bound.
    AtLeast(f64),
    /// Upper bound.
    AtMost(f64),
}

/// A quantity with one value for each round.
#[derive(Debug)]
struct Quantity {
    label: &'static str,
    unit: &'static str,
    aim: Option<Aim>,
    values: Vec<f64>,
}

/// All quantities, in the order in which they are measured.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<Quantity>);

impl Figures {
    /// Adds the value of a round to a quantity that a figure is computed from, and returns it.
    pub(crate) fn part(&mut self, label: &'static str, unit: &'static str, value: f64) -> f64 {
        self.add(label, unit, None, value)
    }

    /// Adds the value of a round to a figure. A ratio has no unit.
    pub(crate) fn figure(&mut self, label: &'static str, unit: &'static str, aim: Aim, value: f64) {
        self.add(label, unit, Some(aim), value);
    }

    /// Loads a server, and adds its rate of successful responses to a quantity. Returns the rate.
    pub(crate) fn rate(
        &mut self,
        label: &'static str,
        server: &Server,
        paths: &[String],
        effort: Effort,
    ) -> anyhow::Result<f64> {
        Ok(self.part(label, "/s", server.load(paths, effort)?.per_second("200")))
    }

    fn add(&mut self, label: &'static str, unit: &'static str, aim: Option<Aim>, value: f64) -> f64 {
        match self.0.iter_mut().find(|quantity| quantity.label == label) {
            Some(quantity) => quantity.values.push(value),
            None => self.0.push(Quantity { label, unit, aim, values: vec![value] }),
        }
        value
    }

    /// The tables of the figures with their aims, and of the quantities that they are computed from.
    pub(crate) fn tables(&self) -> String {
        let mut figures = String::from("| What | Figure | Spread | Aim | |\n|---|---:|---:|---:|---|\n");
        let mut parts =
            String::from("What these are made of:\n\n| What | Median | Spread |\n|---|---:|---:|\n");
        for Quantity { label, unit, aim, values } in &self.0 {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let last = sorted.len() - 1;
            let median = f64::midpoint(sorted[last / 2], sorted[last.div_ceil(2)]);
            let (shown, spread) =
                (show(median, unit), format!("{} to {}", show(sorted[0], unit), show(sorted[last], unit)));
            let (met, aim) = match aim {
                Some(Aim::AtLeast(aim)) => (median >= *aim, format!("≥ {}", show(*aim, unit))),
                Some(Aim::AtMost(aim)) => (median <= *aim, format!("≤ {}", show(*aim, unit))),
                None => {
                    let _ = writeln!(parts, "| {label} | {shown} | {spread} |");
                    continue;
                }
            };
            let verdict = if met { "met" } else { "**missed**" };
            let _ = writeln!(figures, "| {label} | {shown} | {spread} | {aim} | {verdict} |");
        }
        format!("{figures}\n{parts}")
    }
}

/// A value with its unit.
fn show(value: f64, unit: &str) -> String {
    match unit {
        "" => format!("{value:.2}"),
        "/s" if value >= 100.0 => format!("{value:.0}/s"),
        "/s" => format!("{value:.1}/s"),
        _ => format!("{value:.2} {unit}"),
    }
}

/// Replaces the content of a section between two comments. Without a report it checks only that there is a section.
pub(crate) fn write(page: &Path, section: &str, report: Option<&str>) -> anyhow::Result<()> {
    let text = fs::read_to_string(page).with_context(|| format!("{} cannot be read", page.display()))?;
    let text = replaced(&text, section, report).with_context(|| {
        format!("{} needs <!-- {section} --> and <!-- /{section} --> around the report", page.display())
    })?;
    fs::write(page, text).with_context(|| format!("{} cannot be written", page.display()))
}

fn replaced(text: &str, section: &str, report: Option<&str>) -> Option<String> {
    let (opening, closing) = (format!("<!-- {section} -->"), format!("<!-- /{section} -->"));
    let (before, rest) = text.split_once(&opening)?;
    let (old, after) = rest.split_once(&closing)?;
    Some(format!("{before}{opening}\n\n{}\n\n{closing}{after}", report.unwrap_or(old).trim()))
}

/// A Markdown list of the machine, the versions of the tools, the date, and the command that repeats the measurement.
pub(crate) fn machine(postgres: &Postgres) -> anyhow::Result<String> {
    let info = fs::read_to_string("/proc/cpuinfo")?;
    let processor = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Ok(format!(
        "- Machine: {} cores, {}\n- PostgreSQL: {}\n- Load generator: {}\n- Date: {}\n\
         - Command: `cargo run --release --manifest-path bench/Cargo.toml -- {}`\n",
        thread::available_parallelism().map_or(1, NonZeroUsize::get),
        processor.map_or("of an unknown model", |(_, name)| name),
        postgres.sql("SHOW server_version")?,
        process::run(process::command("oha").arg("--version"), "")?,
        postgres.sql("SELECT current_date")?,
        env::args().skip(1).collect::<Vec<_>>().join(" "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_all_rounds_is_compared_with_the_aim() {
        let mut figures = Figures::default();
        for value in [3.0, 1.0, 2.0, 400.0] {
            figures.part("rate", "/s", value);
            figures.figure("ratio", "", Aim::AtMost(2.4), value);
        }
        let tables = figures.tables();
        assert!(tables.contains("| rate | 2.5/s | 1.0/s to 400/s |"), "{tables}");
        assert!(tables.contains("| ratio | 2.50 | 1.00 to 400.00 | ≤ 2.40 | **missed** |"), "{tables}");
    }

    #[test]
    fn only_the_text_between_the_comments_is_replaced() {
        let page = "# Title\n<!-- figures -->old<!-- /figures -->\nThe end.\n";
        let wanted = "# Title\n<!-- figures -->\n\nnew\n\n<!-- /figures -->\nThe end.\n";
        let once = replaced(page, "figures", Some("new\n")).unwrap();
        assert_eq!(once, wanted);
        assert_eq!(replaced(&once, "figures", None).unwrap(), wanted);
        assert_eq!(replaced("<!-- figures -->\n", "figures", Some("new")), None);
    }
}
