use tokio_util::sync::CancellationToken;

use super::{observation, signal::stop_requested, start};
use crate::{traces, wiring::Wired};

pub(super) async fn worker() -> anyhow::Result<()> {
    let config = start()?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    let stop = CancellationToken::new();
    let queue = wired.queue().await?;
    let metrics = observation::start(&config.observation, &wired, &queue, &stop)?;
    let jobs = wired.start_jobs(queue, true, &stop);
    println!("The Movie Theater's worker carries out jobs. Stop it with Ctrl+C.");
    if let Some(metrics) = metrics {
        println!("Metrics: http://{metrics}/metrics");
    }
    stop_requested().await;
    tracing::info!("stopping: jobs that run are finished first");
    stop.cancel();
    jobs.join_all().await;
    traces::finish().await;
    Ok(())
}
