//! Sends requests with `oha`, and reads the report that it prints as JSON.

use std::process::Stdio;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::process::{self, Running};

/// The amount of load.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Effort {
    /// Number of concurrent connections
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) connections: u16,
    /// Duration of each load in seconds, after a warm-up of one second
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seconds: u64,
}

/// Starts `oha` with these arguments.
pub(crate) fn start(arguments: &[&str]) -> anyhow::Result<Running> {
    let mut command = process::command("oha");
    command.args(["--no-tui", "--output-format", "json", "--disable-compression", "--redirect", "0"]);
    Ok(Running(command.args(["-t", "120s"]).args(arguments).stdout(Stdio::piped()).spawn()?))
}

/// Stops it by SIGINT, which makes it report the requests until now.
pub(crate) fn stop(oha: Running) -> anyhow::Result<Report> {
    let pid = oha.0.id().to_string();
    process::run(process::command("sh").args(["-c", "kill -INT \"$0\"", &pid]), "")?;
    report(oha)
}

/// Waits until it ends.
pub(crate) fn report(mut oha: Running) -> anyhow::Result<Report> {
    let stdout = oha.0.stdout.take().context("oha has no output")?;
    serde_json::from_reader(stdout).map(Report).context("the report of oha cannot be read")
}

/// The report of a run.
#[derive(Clone, Debug)]
pub(crate) struct Report(Value);

impl Report {
    /// A percentile of the response times in milliseconds, such as `p99`; NaN if there was no response.
    pub(crate) fn percentile_ms(&self, name: &str) -> f64 {
        self.0["latencyPercentiles"][name].as_f64().unwrap_or(f64::NAN) * 1_000.0
    }

    /// The longest response time in milliseconds; NaN if there was no response.
    pub(crate) fn slowest_ms(&self) -> f64 {
        self.0["summary"]["slowest"].as_f64().unwrap_or(f64::NAN) * 1_000.0
    }

    /// Number of responses with this status.
    pub(crate) fn count(&self, status: &str) -> f64 {
        self.0["statusCodeDistribution"][status].as_f64().unwrap_or(0.0)
    }

    /// Responses with this status in a second.
    pub(crate) fn per_second(&self, status: &str) -> f64 {
        self.count(status) / self.0["summary"]["total"].as_f64().unwrap_or(f64::NAN)
    }

    /// The different statuses and failures. Requests that `oha` abandons when its time is over are no failures.
    pub(crate) fn outcomes(&self) -> Vec<&str> {
        let keys = |name: &str| self.0[name].as_object().into_iter().flat_map(|object| object.keys());
        let outcomes = keys("statusCodeDistribution").chain(keys("errorDistribution"));
        outcomes.map(String::as_str).filter(|outcome| *outcome != "aborted due to deadline").collect()
    }

    /// Whether every request got a response with one of these statuses.
    pub(crate) fn has_only(&self, statuses: &[&str]) -> bool {
        let outcomes = self.outcomes();
        !outcomes.is_empty() && outcomes.iter().all(|outcome| statuses.contains(outcome))
    }

    /// Fails unless every request got a response with one of these statuses.
    pub(crate) fn expect(self, statuses: &[&str]) -> anyhow::Result<Self> {
        ensure!(self.has_only(statuses), "expected statuses {statuses:?}, but got {:?}", self.outcomes());
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rates_and_times_are_read_from_the_report() {
        let report = Report(json!({
            "summary": {"total": 2.0, "slowest": 0.5},
            "latencyPercentiles": {"p50": 0.25, "p99": null},
            "statusCodeDistribution": {"201": 10, "503": 4},
        }));
        let read = [report.per_second("201"), report.slowest_ms(), report.percentile_ms("p50")];
        assert_eq!(read.map(|value| value.to_string()), ["5", "500", "250"]);
        assert!(report.percentile_ms("p99").is_nan());
    }

    #[test]
    fn another_status_and_a_failure_are_unexpected() {
        let expected = |statuses: Value, failures: Value| {
            let report = json!({"statusCodeDistribution": statuses, "errorDistribution": failures});
            Report(report).has_only(&["200"])
        };
        assert!(expected(json!({"200": 1}), json!({"aborted due to deadline": 8})));
        assert!(!expected(json!({"200": 1, "503": 1}), json!({})));
        assert!(!expected(json!({"200": 1}), json!({"connection refused": 1})));
        assert!(!expected(json!({}), json!({})));
    }
}
