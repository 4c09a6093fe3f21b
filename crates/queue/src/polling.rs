use std::{
    task::{Context, Poll},
    time::Duration,
};

use apalis::prelude::{PollSnapshot, PollStrategy};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Wakes a worker at a fixed interval, to fetch jobs.
///
/// The engine's own strategy starts its next delay without polling it. If the delay ends during a fetch that finds no job,
/// nothing wakes the worker before its next heartbeat, and a job waits for seconds.
pub(crate) struct EveryInterval(Interval);

impl EveryInterval {
    /// Must be called inside a Tokio runtime.
    pub(crate) fn new(period: Duration) -> Self {
        let mut interval = interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(interval)
    }
}

impl PollStrategy for EveryInterval {
    fn poll_drive(&mut self, context: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        // Polls once more after a tick: that registers the waker for the next one.
        while self.0.poll_tick(context).is_ready() {}
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::{Wake, Waker},
    };

    use apalis::prelude::IntervalStrategy;

    use super::*;

    #[derive(Default)]
    struct WakeUps(AtomicUsize);

    impl Wake for WakeUps {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often this strategy wakes a worker whose every poll comes after an interval and finds no job.
    async fn wake_ups(mut strategy: impl PollStrategy, period: Duration) -> usize {
        let wake_ups = Arc::new(WakeUps::default());
        let waker = Waker::from(wake_ups.clone());
        for _ in 0..3 {
            let _ = strategy.poll_drive(&mut Context::from_waker(&waker), &PollSnapshot::default());
            tokio::time::sleep(2 * period).await;
        }
        wake_ups.0.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn a_worker_is_woken_after_each_poll_that_finds_no_job() {
        let period = Duration::from_millis(50);
        assert_eq!(wake_ups(EveryInterval::new(period), period).await, 3);
        // Without this the strategy here would not be needed.
        assert!(wake_ups(IntervalStrategy::new(period), period).await < 3);
    }
}
