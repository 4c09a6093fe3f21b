//! Giving memory back to the system.
//!
//! The C library keeps what was freed for what is asked for next, in whatever thread it was freed: after a start, which reads
//! more than it keeps, that is a third of all memory, and after a burst it may be most of it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// From a start to the first time: by then each thread has made its tables of routes.
const AFTER_START: Duration = Duration::from_secs(1);
/// From one time to the next.
const EVERY: Duration = Duration::from_mins(10);

/// Gives back what was freed a moment from now, and every ten minutes from then on, until it is told to stop.
pub(crate) fn keep_small(stop: &CancellationToken) {
    let stop = stop.clone();
    tokio::spawn(async move {
        let mut wait = AFTER_START;
        while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
            // It takes milliseconds, in which a thread that answers should not stand still for longer than it takes to look
            // through its own part.
            if tokio::task::spawn_blocking(give_back).await.is_err() {
                return;
            }
            wait = EVERY;
        }
    });
}

/// Every page that holds nothing goes back to the system.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_back() {
    #[expect(
        unsafe_code,
        reason = "a function of the C library that takes no pointer and asks nothing of its caller"
    )]
    // SAFETY: malloc_trim(3) may be called by any thread at any time (MT-Safe); it touches no memory that is in use.
    let gave = unsafe { libc::malloc_trim(0) } == 1;
    tracing::debug!(gave, "gave free memory back to the system");
}

/// Elsewhere the C library does so by itself, or cannot be asked.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
