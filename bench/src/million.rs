//! Response times of every kind of list query over a million movies.

use std::{fmt::Write, path::Path, time::Instant};

use anyhow::Context;

use crate::{
    Options, catalogue,
    figures::median,
    http::{self, Connection},
    machine::Machine,
    queries, report,
    server::{Cache, Server},
    stage::Stage,
};

/// Default number of movies.
const MOVIES: u64 = 1_000_000;
/// Upper bound of all response times, in milliseconds.
const AIM_MS: f64 = 500.0;
/// Number of requests for each path.
const TIMES: usize = 5;

/// A path and its response times.
#[derive(Clone, Debug)]
struct Timed {
    path: String,
    /// The last status, or the reason of a failure.
    answer: Result<u16, String>,
    median_ms: f64,
    slowest_ms: f64,
}

impl Timed {
    /// 404 is a valid response: nothing matched.
    fn is_answered(&self) -> bool {
        matches!(self.answer, Ok(200 | 404))
    }

    fn is_met(&self) -> bool {
        self.is_answered() && self.slowest_ms <= AIM_MS
    }
}

/// Imports the movies, requests every path of bench/paths.txt, and writes the response times into the page.
pub(crate) async fn run(stage: &Stage, options: &Options, page: &Path) -> anyhow::Result<()> {
    let file = catalogue::generate(stage, options.movies.unwrap_or(MOVIES)).await?;
    eprintln!("importing them");
    let imported = catalogue::import(stage, &file).await?;
    catalogue::settle(stage).await?;
    let movies = catalogue::count(stage).await?;
    let server = stage.theater.serve(Cache::Off).await?;
    let paths = queries::paths(stage, &server, movies).await?;
    let mut timed = Vec::with_capacity(paths.len());
    for path in paths {
        let one = time(&server, path).await?;
        eprintln!("{:8.1} ms  {}", one.slowest_ms, one.path);
        timed.push(one);
    }
    server.stop().await?;
    timed.sort_by(|one, other| other.slowest_ms.total_cmp(&one.slowest_ms));

    let mut text = summary(&timed);
    let (seconds, peak) = (imported.took.as_secs_f64(), imported.peak_mib);
    let _ = writeln!(
        text,
        "\nThe import of {movies} movies took {seconds:.0} s and at most {peak:.1} MiB of memory.\n"
    );
    text.push_str(&table(&timed));
    let machine = Machine::this(stage).await?;
    report::write(page, report::MILLION, &format!("{text}\n{}", machine.list()))?;
    println!("{text}");
    Ok(())
}

/// Requests a path [`TIMES`] times in sequence. The first, uncached request counts as well.
async fn time(server: &Server, path: String) -> anyhow::Result<Timed> {
    let request = http::get(server.address, &path);
    let mut times = Vec::with_capacity(TIMES);
    let mut answer = Ok(0);
    for _ in 0..TIMES {
        // A new connection for each request: the server may have closed an idle one.
        let mut connection =
            Connection::open(server.address).await.context("the service accepts no more connections")?;
        let begun = Instant::now();
        let answered = connection.exchange(&request).await;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        match answered {
            // The first error is retained.
            Ok(answered) if matches!(answer, Ok(0 | 200 | 404)) => answer = Ok(answered.status),
            Ok(_) => {}
            Err(error) => answer = Err(error.to_string()),
        }
    }
    let slowest_ms = times.iter().copied().fold(0.0, f64::max);
    Ok(Timed { path, answer, median_ms: median(&times), slowest_ms })
}

fn summary(timed: &[Timed]) -> String {
    let Some(slowest) = timed.first() else { return "No path was requested.\n".to_owned() };
    let failed = timed.iter().filter(|one| !one.is_answered()).count();
    let verdict = if timed.iter().all(Timed::is_met) { "met" } else { "**missed**" };
    let failures = if failed > 0 { format!("; {failed} paths failed") } else { String::new() };
    format!(
        "The slowest of {} paths took {:.1} ms (aim: ≤ {AIM_MS:.0} ms, {verdict}{failures}): `{}`\n",
        timed.len(),
        slowest.slowest_ms,
        slowest.path
    )
}

fn table(timed: &[Timed]) -> String {
    let mut table = String::from("| Path | Slowest | Median | Answer |\n|---|---:|---:|---|\n");
    for one in timed {
        let answer = match &one.answer {
            Ok(status) => status.to_string(),
            Err(reason) => reason.clone(),
        };
        let (slowest, median) = (format!("{:.1} ms", one.slowest_ms), format!("{:.1} ms", one.median_ms));
        report::row(&mut table, &[&format!("`{}`", one.path), &slowest, &median, &answer]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_path_misses_the_aim_even_if_it_is_fast() {
        let timed = |answer, slowest_ms| Timed { path: "/".to_owned(), answer, median_ms: 1.0, slowest_ms };
        assert!(timed(Ok(200), 499.0).is_met());
        assert!(!timed(Ok(200), 501.0).is_met());
        assert!(!timed(Ok(503), 1.0).is_met());
        assert!(!timed(Err("gone".to_owned()), 1.0).is_met());
    }
}
