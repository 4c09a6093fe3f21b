use std::{collections::VecDeque, time::Duration};

use domain::rate_limit::{Limit, Refused};

/// Timestamps of the uses of one key within the last period, oldest first. Unlike a token bucket, it allows no period of
/// this length more uses than the limit.
#[derive(Debug, Default)]
pub(crate) struct Window(VecDeque<Duration>);

impl Window {
    /// Counts a use at `now`, if the limit allows it. Timestamps count from any fixed point.
    pub(crate) fn take(&mut self, now: Duration, limit: Limit) -> Result<(), Refused> {
        // A clock that is set back by less than the period drops no use; one that is set back further drops all of them.
        self.0.retain(|used| now.abs_diff(*used) < limit.per);
        match self.0.front() {
            Some(oldest) if self.0.len() >= limit.uses as usize => {
                let age = now.saturating_sub(*oldest);
                Err(Refused { retry_after: limit.per.saturating_sub(age) })
            }
            _ => {
                self.0.push_back(now);
                Ok(())
            }
        }
    }

    /// Refunds the use with this timestamp.
    pub(crate) fn release(&mut self, timestamp: Duration) {
        if let Some(index) = self.0.iter().rposition(|used| *used == timestamp) {
            self.0.remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { uses: 3, per: Duration::from_mins(1) };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn uses_expire_one_by_one_after_the_limit_is_reached() {
        let mut window = Window::default();
        for seconds in [0, 10, 20] {
            assert_eq!(window.take(at(seconds), LIMIT), Ok(()));
        }
        assert_eq!(window.take(at(20), LIMIT), Err(Refused { retry_after: at(40) }));
        assert_eq!(window.take(at(59), LIMIT), Err(Refused { retry_after: at(1) }));
        assert_eq!(window.take(at(60), LIMIT), Ok(()));
        assert_eq!(window.take(at(60), LIMIT), Err(Refused { retry_after: at(10) }));
    }

    #[test]
    fn a_refunded_use_does_not_count() {
        let mut window = Window::default();
        for _ in 0..10 {
            assert_eq!(window.take(at(0), LIMIT), Ok(()));
            window.release(at(0));
        }
        assert_eq!(window.take(at(0), LIMIT), Ok(()));
    }

    #[test]
    fn a_clock_set_back_drops_no_recent_use_and_blocks_no_caller() {
        let mut window = Window::default();
        for _ in 0..3 {
            window.take(at(1_000), LIMIT).unwrap();
        }
        assert!(window.take(at(999), LIMIT).is_err());
        assert_eq!(window.take(at(10), LIMIT), Ok(()));
    }

    proptest::proptest! {
        #[test]
        fn no_span_holds_more_uses_than_the_limit(steps in proptest::collection::vec(0_u64..30, 0..200)) {
            let mut window = Window::default();
            let mut now = 0;
            let mut taken = Vec::new();
            for step in steps {
                now += step;
                if window.take(at(now), LIMIT).is_ok() {
                    taken.push(now);
                }
            }
            for start in &taken {
                let within = taken.iter().filter(|used| (*start..start + 60).contains(*used)).count();
                proptest::prop_assert!(within <= 3, "{within} uses from {start} on");
            }
        }
    }
}
