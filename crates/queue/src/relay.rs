use std::{sync::Arc, time::Duration};

use domain::outbox::OutboxReader;
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{JobQueue, job::Job};

/// Maximum messages that are enqueued between two reads of the outbox.
const BATCH: u64 = 100;
/// Poll interval of the outbox, for messages of other processes: their wake-up signal does not reach this one.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Moves messages from the outbox to the engine until `stop`. `wake_up` signals that there may be new ones.
///
/// Any number of processes may relay the same outbox: the engine accepts each message once.
pub async fn relay(
    outbox: Arc<dyn OutboxReader>,
    queue: JobQueue,
    wake_up: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut failing = false;
    loop {
        let enqueued = enqueue(&*outbox, &queue).await;
        match &enqueued {
            Err(error) if !failing => {
                tracing::warn!(%error, "messages of the outbox cannot be enqueued");
            }
            Ok(_) if failing => tracing::info!("messages of the outbox are enqueued again"),
            _ => {}
        }
        failing = enqueued.is_err();
        if enqueued.is_ok_and(|count| count == BATCH) {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = wake_up.notified(), if !failing => {}
            () = sleep(POLL_INTERVAL) => {}
        }
    }
}

async fn enqueue(
    outbox: &dyn OutboxReader,
    queue: &JobQueue,
) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    let entries = outbox.oldest(BATCH).await?;
    if entries.is_empty() {
        return Ok(0);
    }
    for entry in &entries {
        queue.push(Job::first(entry), Duration::ZERO).await?;
    }
    let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    outbox.remove(&ids).await?;
    Ok(entries.len() as u64)
}
