use std::{sync::Arc, time::Duration};

use domain::ports::OutboxReader;
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{JobQueue, job::Job};

/// How many messages are handed over between two looks into the outbox.
const BATCH: u64 = 100;
/// How long a message of another process, whose wake-up signal does not reach this process, may lie.
const LOOK: Duration = Duration::from_secs(1);

/// Hands messages from the outbox to the engine until `stop`. `wake_up` signals that there may be new ones.
///
/// Any number of processes may relay the same outbox: the engine takes each message once.
pub async fn relay(
    outbox: Arc<dyn OutboxReader>,
    queue: JobQueue,
    wake_up: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut failing = false;
    loop {
        let handed = enqueue(&*outbox, &queue).await;
        match &handed {
            Err(error) if !failing => {
                tracing::warn!(%error, "the outbox waits: its messages cannot be handed to the queue");
            }
            Ok(_) if failing => tracing::info!("the outbox is handed to the queue again"),
            _ => {}
        }
        failing = handed.is_err();
        if handed.is_ok_and(|count| count == BATCH) {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = wake_up.notified(), if !failing => {}
            () = sleep(LOOK) => {}
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
