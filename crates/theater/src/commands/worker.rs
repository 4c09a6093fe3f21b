use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{observation, signal::stop_requested, start};
use crate::wiring::Wired;

/// Timeout of running jobs after a stop signal: longer than a mail server usually takes to accept an email.
const JOBS_TIMEOUT: Duration = Duration::from_secs(20);

pub(super) async fn worker() -> anyhow::Result<()> {
    let config = start()?;
    let metrics = observation::listen(&config.observation)?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    let stop = CancellationToken::new();
    let queue = wired.queue().await?;
    let metrics = observation::start(metrics, &wired, &queue, &stop)?;
    let jobs = wired.start_jobs(queue, true, &stop);
    let asked_to_stop = stop_requested();
    println!("The worker of the Movie Theater is running.");
    if let Some(metrics) = metrics {
        println!("Metrics: http://{metrics}/metrics");
    }
    println!("Stop it with Ctrl+C.");
    asked_to_stop.await;
    tracing::info!("stopping: finishing running jobs");
    stop.cancel();
    if tokio::time::timeout(JOBS_TIMEOUT, jobs.join_all()).await.is_err() {
        tracing::warn!("running jobs did not finish in time and will be retried");
    }
    Ok(())
}
