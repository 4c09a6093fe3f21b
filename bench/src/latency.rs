//! Response times and their percentiles.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The recorded response times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

/// Percentiles of response times, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit stands in each name, here and in the JSON")]
pub(crate) struct Summary {
    /// Median.
    pub(crate) p50_ms: f64,
    /// 99th percentile.
    pub(crate) p99_ms: f64,
    /// Maximum.
    pub(crate) max_ms: f64,
}

impl Latencies {
    /// Records a response time.
    pub(crate) fn record(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Adds the recorded times of another collection.
    pub(crate) fn add(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// The number of recorded times.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The percentiles; zeros if no time was recorded.
    pub(crate) fn summary(mut self) -> Summary {
        self.0.sort_unstable();
        Summary { p50_ms: self.percentile(50), p99_ms: self.percentile(99), max_ms: self.percentile(100) }
    }

    /// The percentile in milliseconds, by nearest rank. The times must be sorted.
    fn percentile(&self, hundredths: usize) -> f64 {
        let rank = (self.0.len() * hundredths).div_ceil(100).max(1);
        self.0.get(rank - 1).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }
}

/// The rate of events in a second.
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^52")]
pub(crate) fn per_second(count: usize, span: Duration) -> f64 {
    count as f64 / span.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_recorded_times() {
        let mut latencies = Latencies::default();
        for milliseconds in (1..=200).rev() {
            latencies.record(Duration::from_millis(milliseconds));
        }
        let summary = latencies.summary();
        assert_eq!([summary.p50_ms, summary.p99_ms, summary.max_ms], [100.0, 198.0, 200.0]);
    }

    #[test]
    fn the_summary_of_no_times_is_zero() {
        assert!(Latencies::default().summary().max_ms.abs() < f64::EPSILON);
    }
}
