use std::{sync::Arc, time::Duration};

use domain::{environment::Clock, outbox::Message};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{JobQueue, QueueError, job::Job};

/// Interval between two runs of a scheduled job.
const PERIOD: chrono::Duration = chrono::Duration::hours(1);
/// How often a process checks whether a new period has begun.
const POLL_INTERVAL: Duration = Duration::from_mins(1);
/// Retention of finished jobs, in days: the relay may enqueue a job a second time, but far sooner than this.
const DONE_RETENTION_DAYS: u32 = 3;

/// Enqueues each of these messages once an hour until `stop`. Any number of processes may do so: a job's key contains its
/// period, and the engine accepts each key once.
pub async fn schedule(queue: JobQueue, hourly: Vec<Message>, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut last = None;
    loop {
        let period = clock.now().timestamp() / PERIOD.num_seconds();
        if last != Some(period) {
            match enqueue(&queue, &hourly, period).await {
                Ok(()) => last = Some(period),
                Err(error) => tracing::warn!(%error, "a scheduled job cannot be enqueued"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(POLL_INTERVAL) => {}
        }
    }
}

async fn enqueue(queue: &JobQueue, hourly: &[Message], period: i64) -> Result<(), QueueError> {
    for message in hourly {
        queue.push(Job::scheduled(message, period), Duration::ZERO).await?;
    }
    let deleted = queue.delete_done(DONE_RETENTION_DAYS).await?;
    if deleted > 0 {
        tracing::info!(deleted, "deleted finished jobs");
    }
    Ok(())
}
