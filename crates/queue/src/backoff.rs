use std::time::Duration;

/// Delay after the first failure.
const FIRST_DELAY: Duration = Duration::from_secs(5);
/// Longest delay.
const MAX_DELAY: Duration = Duration::from_hours(1);
/// Maximum attempts of a job: with the delays below, about two days.
pub(crate) const MAX_ATTEMPTS: u32 = 54;

/// The delay after this number of failed attempts, or `None` after the last one. Delays triple up to an hour.
pub(crate) fn after(failed_attempts: u32) -> Option<Duration> {
    if failed_attempts >= MAX_ATTEMPTS {
        return None;
    }
    let factor = 3_u32.checked_pow(failed_attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    Some(FIRST_DELAY.saturating_mul(factor).min(MAX_DELAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_an_hour() {
        let delays: Vec<_> = (1..=8).filter_map(after).map(|delay| delay.as_secs()).collect();
        assert_eq!(delays, [5, 15, 45, 135, 405, 1_215, 3_600, 3_600]);
    }

    #[test]
    fn a_job_is_retried_for_more_than_a_day_and_not_forever() {
        let total: Duration = (1..MAX_ATTEMPTS).filter_map(after).sum();
        assert!(total >= Duration::from_hours(24), "{total:?}");
        assert_eq!(after(MAX_ATTEMPTS), None);
        assert_eq!(after(u32::MAX), None);
    }
}
