//! Response times of every kind of list query over a million movies.

use std::{fmt::Write, path::Path};

use anyhow::{Context, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    oha,
    postgres::Postgres,
    round::cursor,
    server::{Server, Theater},
};

/// Upper bound of all response times, in milliseconds.
const AIM_MS: f64 = 500.0;

/// Imports the movies, requests every path of bench/paths.txt five times in sequence, and returns the report.
pub(crate) fn measure(postgres: &Postgres, theater: &Theater, file: &Path) -> anyhow::Result<String> {
    eprintln!("importing them");
    let (seconds, peak_mib) = postgres.import(theater, file)?;
    postgres.settle()?;
    let server = theater.serve(false)?;
    let mut timed = Vec::new();
    for path in paths(postgres, &server)? {
        let report = oha::report(oha::start(&["-n", "5", "-c", "1", &format!("{}{path}", server.url)])?)?;
        eprintln!("{:8.1} ms  {path}", report.slowest_ms());
        timed.push((path, report));
    }
    timed.sort_by(|(_, one), (_, other)| other.slowest_ms().total_cmp(&one.slowest_ms()));
    let (path, slowest) = timed.first().context("bench/paths.txt contains no path")?;
    let (count, movies, slowest) = (timed.len(), postgres.count()?, slowest.slowest_ms());
    // 404 is a valid response: there is no such page.
    let answered = timed.iter().all(|(_, report)| report.has_only(&["200", "404"]));
    let verdict = if answered && slowest <= AIM_MS { "met" } else { "**missed**" };
    let mut text = format!(
        "The slowest of {count} paths took {slowest:.1} ms (aim: ≤ {AIM_MS:.0} ms, {verdict}): `{path}`\n\n\
         The import of {movies} movies took {seconds:.0} s and at most {peak_mib:.1} MiB of memory.\n\n\
         | Path | Slowest | Median | Answer |\n|---|---:|---:|---|\n",
    );
    for (path, report) in &timed {
        let (slowest, median) = (report.slowest_ms(), report.percentile_ms("p50"));
        let answer = report.outcomes().join(", ");
        writeln!(text, "| `{path}` | {slowest:.1} ms | {median:.1} ms | {answer} |")?;
    }
    Ok(text)
}

/// The paths of bench/paths.txt, with placeholders replaced by percent-encoded values of the loaded catalogue.
fn paths(postgres: &Postgres, server: &Server) -> anyhow::Result<Vec<String>> {
    let mut text = include_str!("../paths.txt").to_owned();
    let values = postgres.sql(include_str!("../sql/placeholders.sql"))?;
    for (name, value) in values.lines().filter_map(|line| line.split_once('|')) {
        if name == "deep" {
            text = text.replace("{cursor}", &cursor(server, value)?);
        }
        text =
            text.replace(&format!("{{{name}}}"), &utf8_percent_encode(value, NON_ALPHANUMERIC).to_string());
    }
    let paths: Vec<_> = text.lines().filter(|line| line.starts_with('/')).map(str::to_owned).collect();
    let unknown = paths.iter().find(|path| path.contains('{'));
    ensure!(unknown.is_none(), "the catalogue has no value for a placeholder of {unknown:?}");
    Ok(paths)
}
