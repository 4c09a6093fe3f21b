use std::time::Duration;

/// The wait after the first failure.
const FIRST: Duration = Duration::from_secs(5);
/// The longest wait.
const LONGEST: Duration = Duration::from_hours(1);
/// How often a job is tried: with the waits below, for about two days.
pub(crate) const MAX_ATTEMPTS: u32 = 54;

/// How long to wait after this number of failed attempts, or `None` where that was the last one: three times as long as before
/// up to an hour, then each hour.
pub(crate) fn after(failed_attempts: u32) -> Option<Duration> {
    if failed_attempts >= MAX_ATTEMPTS {
        return None;
    }
    let factor = 3_u32.checked_pow(failed_attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    Some(FIRST.saturating_mul(factor).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let waits: Vec<_> = (1..=8).filter_map(after).map(|wait| wait.as_secs()).collect();
        assert_eq!(waits, [5, 15, 45, 135, 405, 1_215, 3_600, 3_600]);
    }

    #[test]
    fn a_job_is_tried_for_more_than_a_day_and_not_forever() {
        let total: Duration = (1..MAX_ATTEMPTS).filter_map(after).sum();
        assert!(total >= Duration::from_hours(24), "{total:?}");
        assert_eq!(after(MAX_ATTEMPTS), None);
        assert_eq!(after(u32::MAX), None);
    }
}
