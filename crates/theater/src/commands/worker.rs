use tokio_util::sync::CancellationToken;

use super::{signal::stop_requested, start};
use crate::wiring::Wired;

pub(super) async fn worker() -> anyhow::Result<()> {
    let config = start()?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    let stop = CancellationToken::new();
    let jobs = wired.start_jobs(wired.queue().await?, true, &stop);
    println!("The Movie Theater's worker carries out jobs. Stop it with Ctrl+C.");
    stop_requested().await;
    tracing::info!("stopping: jobs that run are finished first");
    stop.cancel();
    jobs.join_all().await;
    Ok(())
}
