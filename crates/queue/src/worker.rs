use std::{sync::Arc, time::Duration};

use apalis::{
    layers::WorkerBuilderExt,
    prelude::{AbortError, BackendExt, BoxDynError, Data, WorkerBuilder, WorkerError},
};
use application::jobs::{JobError, JobRegistry, Outcome};
use domain::{environment::Randomness, outbox::OutboxEntry};
use metrics::counter;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{
    JobQueue, backoff,
    engine::{Backend, postgres, sqlite},
    job::Job,
    polling::EveryInterval,
};

/// Maximum messages that are carried out at once: a slow one does not delay the others.
const CONCURRENCY: usize = 8;
/// Poll interval of the engine.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Delay before a worker that stopped is started again.
const RESTART_DELAY: Duration = Duration::from_secs(1);

/// What a job needs to run.
#[derive(Clone)]
struct Context {
    registry: JobRegistry,
    queue: JobQueue,
}

/// Carries out jobs until `stop`, then finishes those that are running. Restarts when the engine's storage fails.
pub async fn work(
    queue: JobQueue,
    registry: JobRegistry,
    randomness: Arc<dyn Randomness>,
    stop: CancellationToken,
) {
    let context = Context { registry, queue };
    while !stop.is_cancelled() {
        // A new name for each start: the engine reassigns the jobs of a dead worker only when a worker of that name sends
        // no more heartbeats.
        let name = format!("worker-{:032x}", u128::from_be_bytes(randomness.bits128()));
        if let Err(error) = run(&name, context.clone(), stop.clone()).await {
            tracing::warn!(%error, "the job worker stopped and will be started again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(RESTART_DELAY) => {}
        }
    }
}

async fn run(name: &str, context: Context, stop: CancellationToken) -> Result<(), WorkerError> {
    let signal = async move {
        stop.cancelled().await;
        Ok::<(), WorkerError>(())
    };
    match context.queue.0.clone() {
        Backend::Sqlite(pool) => {
            WorkerBuilder::new(name)
                .backend(sqlite(&pool).poll_with_strategy(EveryInterval::new(POLL_INTERVAL)))
                .data(context)
                .concurrency(CONCURRENCY)
                .build(carry_out)
                .run_until(signal)
                .await
        }
        Backend::Postgres(pool) => {
            WorkerBuilder::new(name)
                .backend(postgres(&pool).poll_with_strategy(EveryInterval::new(POLL_INTERVAL)))
                .data(context)
                .concurrency(CONCURRENCY)
                .build(carry_out)
                .run_until(signal)
                .await
        }
    }
}

/// Carries out one job. A transient failure enqueues the job's successor and counts as done; a permanent failure, or one
/// too many, makes the job a dead one.
#[tracing::instrument(name = "job", target = "theater_trace", skip_all, fields(kind = job.kind()))]
async fn carry_out(job: Job, context: Data<Context>) -> Result<(), BoxDynError> {
    let entry = job.entry();
    let (reason, cause) = match process_apart(context.registry.clone(), entry.clone()).await {
        Ok(outcome) => {
            let obsolete = outcome == Outcome::Obsolete;
            count(&entry, if obsolete { "obsolete" } else { "done" });
            tracing::info!(
                kind = entry.kind,
                subject = entry.logged_subject(),
                obsolete,
                "message carried out"
            );
            return Ok(());
        }
        Err(JobError::Transient(reason)) => {
            let next = job.next();
            if let Some(delay) = backoff::after(next.failed_attempts) {
                count(&entry, "failed");
                tracing::warn!(kind = entry.kind, subject = entry.logged_subject(), reason, retry_in = ?delay, "message failed");
                context.queue.push(next, delay).await?;
                return Ok(());
            }
            (reason, "too many attempts")
        }
        Err(JobError::Permanent(reason)) => (reason, "permanent failure"),
    };
    count(&entry, "given_up");
    tracing::error!(kind = entry.kind, subject = entry.logged_subject(), reason, "message given up: {cause}");
    Err(AbortError::new(reason).into())
}

/// Counts the outcome of a message by its kind, which has few values, and not by its subject.
fn count(entry: &OutboxEntry, outcome: &'static str) {
    counter!("theater_messages_total", "message" => entry.kind.clone(), "outcome" => outcome).increment(1);
}

/// Processes the message in its own task, so that a panic is a failure of this message alone.
async fn process_apart(registry: JobRegistry, entry: OutboxEntry) -> Result<Outcome, JobError> {
    let task = tokio::spawn(async move { registry.process(&entry).await }.in_current_span());
    task.await.unwrap_or_else(|error| Err(JobError::Transient(error.to_string())))
}
