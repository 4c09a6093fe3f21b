use std::{sync::Arc, time::Duration};

use domain::{outbox::Message, ports::Clock};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{JobQueue, QueueError, job::Job};

/// How often everything that has expired is removed.
const PERIOD: chrono::Duration = chrono::Duration::hours(1);
/// How often a process looks whether a period has begun.
const LOOK: Duration = Duration::from_mins(1);
/// How long a job that is done is remembered, in days: far longer than the relay can hand it over a second time.
const KEEP_DONE_DAYS: u32 = 3;

/// Puts scheduled jobs into the queue until `stop`. Any number of processes may do so: a job is named after its period, and
/// the engine takes each name once.
pub async fn schedule(queue: JobQueue, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut last = None;
    loop {
        let period = clock.now().timestamp() / PERIOD.num_seconds();
        if last != Some(period) {
            match put(&queue, period).await {
                Ok(()) => last = Some(period),
                Err(error) => tracing::warn!(%error, "a scheduled job cannot be put into the queue"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(LOOK) => {}
        }
    }
}

async fn put(queue: &JobQueue, period: i64) -> Result<(), QueueError> {
    queue.push(Job::scheduled(&Message::CleanUp, period), Duration::ZERO).await?;
    let forgotten = queue.forget_done(KEEP_DONE_DAYS).await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "forgot jobs that were done");
    }
    Ok(())
}
