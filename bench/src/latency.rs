//! How long answers took.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Every answer's time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

/// What is told of them, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit stands in each name, here and in the JSON")]
pub(crate) struct Summary {
    /// Half of the answers took no longer.
    pub(crate) p50_ms: f64,
    /// 99 of 100 answers took no longer.
    pub(crate) p99_ms: f64,
    /// None took longer.
    pub(crate) max_ms: f64,
}

impl Latencies {
    /// Takes an answer's time down.
    pub(crate) fn record(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Takes down what somebody else recorded.
    pub(crate) fn add(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// What is told of them; zeros where there are none.
    pub(crate) fn summary(mut self) -> Summary {
        self.0.sort_unstable();
        Summary { p50_ms: self.percentile(50), p99_ms: self.percentile(99), max_ms: self.percentile(100) }
    }

    /// The smallest recorded time that this percentage did not exceed. They are sorted.
    fn percentile(&self, hundredths: usize) -> f64 {
        let rank = (self.0.len() * hundredths).div_ceil(100).max(1);
        self.0.get(rank - 1).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }
}

/// How many of something there were in a second.
#[expect(clippy::cast_precision_loss, reason = "nobody counts 2^52 answers")]
pub(crate) fn per_second(count: usize, span: Duration) -> f64 {
    count as f64 / span.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_recorded() {
        let mut latencies = Latencies::default();
        for milliseconds in (1..=200).rev() {
            latencies.record(Duration::from_millis(milliseconds));
        }
        let summary = latencies.summary();
        assert_eq!([summary.p50_ms, summary.p99_ms, summary.max_ms], [100.0, 198.0, 200.0]);
    }

    #[test]
    fn nothing_recorded_is_no_time() {
        assert!(Latencies::default().summary().max_ms.abs() < f64::EPSILON);
    }
}
