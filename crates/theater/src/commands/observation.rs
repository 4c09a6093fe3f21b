use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use queue::JobQueue;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Observation,
    metrics::{self, Observer},
    wiring::Wired,
};

/// Interval of the upkeep that bounds the memory of recorded values between scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// Binds the socket of metrics. If the default address is in use, the service runs without metrics; if a configured one
/// is, this is an error.
pub(super) fn listen(observation: &Observation) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = observation.metrics else { return Ok(None) };
    match TcpListener::bind(address) {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if observation.metrics_configured => {
            Err(error).with_context(|| format!("cannot listen on {address}: choose another METRICS_ADDR"))
        }
        Err(error) => {
            tracing::info!(%error, "no metrics: cannot listen on {address}; set METRICS_ADDR to another address");
            Ok(None)
        }
    }
}

/// Serves metrics until `stop` is cancelled, and returns the address.
pub(super) fn start(
    listener: Option<TcpListener>,
    wired: &Wired,
    queue: &JobQueue,
    stop: &CancellationToken,
) -> anyhow::Result<Option<SocketAddr>> {
    let Some(listener) = listener else { return Ok(None) };
    let address = listener.local_addr().context("the socket has no address")?;
    let Some(handle) = metrics::start_recording() else { return Ok(None) };
    let observer = Arc::new(Observer::new(handle.clone(), wired.clone(), queue.clone()));
    let server = metrics::serve(listener, observer)?;
    let (running, stop) = (server.handle(), stop.clone());
    tokio::spawn(server);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            tokio::select! {
                () = stop.cancelled() => return running.stop(false).await,
                _ = ticks.tick() => handle.run_upkeep(),
            }
        }
    });
    Ok(Some(address))
}
