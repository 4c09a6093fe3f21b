//! The baseline for responses from the database: PostgreSQL's own load generator sends the statements of the service.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::{load::Effort, postgres::Postgres, process};

/// The statement for the first page of the list.
pub(crate) const FIRST_PAGE: &str = "first_page.sql";
/// The statement for a movie in full. It selects a random id between the variables `first` and `last`.
pub(crate) const MOVIE: &str = "movie.sql";

/// The rate at which PostgreSQL alone executes a statement of bench/sql, per second.
pub(crate) async fn measure(
    postgres: &Postgres,
    script: &str,
    variables: &[(&str, i64)],
    effort: Effort,
) -> anyhow::Result<f64> {
    // As with the service, one second of warm-up fills the caches and plans.
    once(postgres, script, variables, Effort { seconds: 1, ..effort }).await?;
    once(postgres, script, variables, effort).await
}

async fn once(
    postgres: &Postgres,
    script: &str,
    variables: &[(&str, i64)],
    effort: Effort,
) -> anyhow::Result<f64> {
    let mut command = postgres.pgbench();
    command.args(["-n", "-j", "2", "-M", "prepared", "-f"]).arg(script_path(script));
    command.args(["-c", &effort.connections.to_string(), "-T", &effort.seconds.to_string()]);
    for (name, value) in variables {
        command.args(["-D", &format!("{name}={value}")]);
    }
    let printed = process::run(command, &format!("pgbench with {script}")).await?;
    per_second(&printed).with_context(|| format!("pgbench with {script} printed no rate: {printed}"))
}

fn script_path(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").join(script)
}

/// The rate in the output of pgbench: `tps = 39876.5 (without initial connection time)`. Old versions print one with and
/// one without the connection time, the latter last.
fn per_second(printed: &str) -> Option<f64> {
    let rate = printed.lines().rev().find_map(|line| line.strip_prefix("tps = "))?;
    rate.split_whitespace().next()?.parse().ok().filter(|rate| *rate > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rate_that_pgbench_prints_is_used() {
        let old = "tps = 100.5 (including connections establishing)\ntps = 101.5 (excluding connections establishing)\n";
        assert_eq!(per_second(old), Some(101.5));
        assert_eq!(per_second("latency average = 0.2 ms\ntps = 39876.5 (without …)\n"), Some(39_876.5));
        assert_eq!(per_second("nothing"), None);
    }
}
