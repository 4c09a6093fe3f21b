use std::{sync::Arc, time::Duration};

use apalis::{
    layers::WorkerBuilderExt,
    prelude::{AbortError, BackendExt, BoxDynError, Data, WorkerBuilder, WorkerError},
};
use application::mails::{DeliverError, Delivered, JobHandler, deliver};
use domain::{outbox::OutboxEntry, ports::Randomness};
use metrics::counter;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{
    JobQueue, backoff,
    engine::{Backend, postgres, sqlite},
    job::Job,
};

/// How many messages are carried out at once: one that takes its time does not hold up the others.
const CONCURRENCY: usize = 8;
/// How often the engine is asked for work.
const POLL: Duration = Duration::from_millis(250);
/// How long to wait after the engine's storage failed.
const PAUSE: Duration = Duration::from_secs(1);

/// What a job needs to run.
#[derive(Clone)]
struct JobRegistry {
    job_handler: JobHandler,
    queue: JobQueue,
}

/// Carries out jobs until `stop`, then finishes those that are running. When the engine's storage fails, it is tried
/// again.
pub async fn work(
    queue: JobQueue,
    job_handler: JobHandler,
    randomness: Arc<dyn Randomness>,
    stop: CancellationToken,
) {
    let bench = JobRegistry { job_handler, queue };
    while !stop.is_cancelled() {
        // A name of its own for each start: the engine takes back the jobs of a worker that died only when it no
        // longer hears of a worker of that name.
        let name = format!("worker-{:032x}", u128::from_be_bytes(randomness.bits128()));
        if let Err(error) = run(&name, bench.clone(), stop.clone()).await {
            tracing::warn!(%error, "the job worker stopped and will be started again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(PAUSE) => {}
        }
    }
}

async fn run(name: &str, bench: JobRegistry, stop: CancellationToken) -> Result<(), WorkerError> {
    let signal = async move {
        stop.cancelled().await;
        Ok::<(), WorkerError>(())
    };
    match bench.queue.0.clone() {
        Backend::Sqlite(pool) => {
            WorkerBuilder::new(name)
                .backend(sqlite(&pool).poll_with_interval(POLL))
                .data(bench)
                .concurrency(CONCURRENCY)
                .build(carry_out)
                .run_until(signal)
                .await
        }
        Backend::Postgres(pool) => {
            WorkerBuilder::new(name)
                .backend(postgres(&pool).poll_with_interval(POLL))
                .data(bench)
                .concurrency(CONCURRENCY)
                .build(carry_out)
                .run_until(signal)
                .await
        }
    }
}

/// Carries out one job. A failure that may pass puts the job's successor into the queue and counts as done; one that
/// cannot pass, or came too often, is left among the dead ones.
#[tracing::instrument(name = "job", target = "theater_trace", skip_all, fields(kind = job.kind()))]
async fn carry_out(job: Job, bench: Data<JobRegistry>) -> Result<(), BoxDynError> {
    let entry = job.entry();
    match deliver_apart(bench.job_handler.clone(), entry.clone()).await {
        Ok(delivered) => {
            let obsolete = delivered == Delivered::Obsolete;
            count(&entry, if obsolete { "obsolete" } else { "done" });
            tracing::info!(
                kind = entry.kind,
                subject = entry.logged_subject(),
                obsolete,
                "message carried out"
            );
            Ok(())
        }
        Err(DeliverError::Transient(reason)) => {
            let next = job.next();
            let Some(delay) = backoff::after(next.failed_attempts) else {
                count(&entry, "given_up");
                tracing::error!(
                    kind = entry.kind,
                    subject = entry.logged_subject(),
                    reason,
                    "message given up: too many attempts"
                );
                return Err(AbortError::new(reason).into());
            };
            count(&entry, "failed");
            tracing::warn!(kind = entry.kind, subject = entry.logged_subject(), reason, retry_in = ?delay, "message failed");
            bench.queue.push(next, delay).await?;
            Ok(())
        }
        Err(DeliverError::Permanent(reason)) => {
            count(&entry, "given_up");
            tracing::error!(
                kind = entry.kind,
                subject = entry.logged_subject(),
                reason,
                "message given up: refused for good"
            );
            Err(AbortError::new(reason).into())
        }
    }
}

/// Counts what came of a message. Its kind is one of a few words, its subject is not.
fn count(entry: &OutboxEntry, outcome: &'static str) {
    counter!("theater_messages_total", "message" => entry.kind.clone(), "outcome" => outcome).increment(1);
}

/// Delivers in a task of its own, so that a panic is one more failure of this message and nothing else.
async fn deliver_apart(job_handler: JobHandler, entry: OutboxEntry) -> Result<Delivered, DeliverError> {
    let task = tokio::spawn(async move { deliver(&job_handler, &entry).await }.in_current_span());
    task.await.unwrap_or_else(|error| Err(DeliverError::Transient(error.to_string())))
}
