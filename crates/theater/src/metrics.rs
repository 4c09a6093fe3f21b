//! Metrics in the Prometheus text format.
//!
//! Crates record events with the `metrics` facade where they happen. Measured values, such as the number of waiting jobs,
//! are queried at each scrape.

use std::{
    net::TcpListener,
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, get, web::Data};
use anyhow::Context;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use queue::JobQueue;
use tokio::time::timeout;

use crate::wiring::Wired;

/// The type of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value that only increases.
    Counter,
    /// A value that increases and decreases.
    Gauge,
    /// The distribution of values over buckets.
    Histogram,
}

macro_rules! metrics {
    ($($kind:ident $name:ident: $description:literal;)+) => {
        /// Name, type and description of every metric of the service; the `process_…` metrics are not listed.
        pub const METRICS: &[(&str, Kind, &str)] = &[$((stringify!($name), Kind::$kind, $description)),+];
    };
}

metrics! {
    Gauge theater_build_info: "Always 1; its label names the version.";
    Histogram theater_http_request_duration_seconds: "How long requests took, by method, route and status.";
    Counter theater_faults_total: "Requests that were answered 500: always a fault of the program.";
    Gauge theater_http_requests_in_flight: "Requests that are being answered.";
    Gauge theater_dependency_up: "1 where a dependency answers and 0 where it does not: the database, the object store, mail, Redis.";
    Gauge theater_dependency_latency_seconds: "How long a dependency took to answer.";
    Gauge theater_database_connections: "Connections to the database, by pool and by what they do: used or idle.";
    Gauge theater_database_connections_max: "The most connections that a pool may have.";
    Gauge theater_outbox_messages: "Messages in the outbox that wait to be enqueued.";
    Gauge theater_queue_jobs: "Jobs of the queue, by state: due, later (waiting for a retry), running, dead (given up).";
    Gauge theater_queue_oldest_due_seconds: "Time since the oldest job that no worker has started became due.";
    Counter theater_messages_total: "Messages that workers handled, mostly emails, by kind and outcome: done, obsolete, failed (retried later), given_up.";
    Histogram theater_password_hashing_duration_seconds: "How long hashing or checking a password took, without the wait for a permit.";
    Gauge theater_password_hashing_waiting: "Callers that wait for a password to be hashed.";
    Counter theater_password_hashing_refused_total: "Callers that were refused because too many were waiting or because they waited too long.";
    Counter theater_rate_limit_refusals_total: "Requests that were refused because a rate limit was reached, by limit.";
    Counter theater_reply_cache_requests_total: "Reads of the catalogue, by outcome of the response cache: hit or miss.";
    Gauge theater_reply_cache_bytes: "Memory that the cached responses use.";
    Gauge theater_reply_cache_entries: "Number of cached responses.";
}

/// Bucket bounds of request durations, in seconds: from cached responses to the longest request timeout.
const REQUEST_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Bucket bounds of hashing durations, in seconds.
const HASHING_BUCKETS: &[f64] = &[0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0];

/// Timeout of counting the messages of the outbox and the jobs of the queue.
const TIMEOUT: Duration = Duration::from_secs(2);

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts recording in the whole process; earlier values are lost. A second call returns the same recorder. Returns `None`
/// if no recorder can be installed.
pub fn start_recording() -> Option<PrometheusHandle> {
    let install =
        || install_recorder().inspect_err(|error| tracing::warn!(%error, "no metrics are recorded")).ok();
    RECORDER.get_or_init(install).clone()
}

fn install_recorder() -> Result<PrometheusHandle, BuildError> {
    let name = |name: &str| Matcher::Full(name.to_owned());
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(name("theater_http_request_duration_seconds"), REQUEST_BUCKETS)?
        .set_buckets_for_metric(name("theater_password_hashing_duration_seconds"), HASHING_BUCKETS)?
        .install_recorder()?;
    for (name, kind, description) in METRICS {
        match kind {
            Kind::Counter => describe_counter!(*name, *description),
            Kind::Gauge => describe_gauge!(*name, *description),
            Kind::Histogram => describe_histogram!(*name, *description),
        }
    }
    // Reported as 0 from the start, so that alerts detect the first increase.
    counter!("theater_password_hashing_refused_total").absolute(0);
    counter!("theater_faults_total").absolute(0);
    gauge!("theater_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    Ok(handle)
}

/// Queries the measured values and renders all metrics.
pub struct Observer {
    handle: PrometheusHandle,
    process: Collector,
    wired: Wired,
    queue: JobQueue,
}

impl Observer {
    /// Creates an observer of this service and this queue.
    #[must_use]
    pub fn new(handle: PrometheusHandle, wired: Wired, queue: JobQueue) -> Self {
        let process = Collector::default();
        process.describe();
        Self { handle, process, wired, queue }
    }

    /// Returns all metrics in the Prometheus text format.
    pub async fn report(&self) -> String {
        self.process.collect();
        self.measure_connections();
        self.measure_memory();
        tokio::join!(self.measure_dependencies(), self.measure_queue());
        self.handle.render()
    }

    fn measure_connections(&self) {
        for pool in self.wired.pools.usage() {
            let gauge = |state| gauge!("theater_database_connections", "pool" => pool.pool, "state" => state);
            gauge("used").set(pool.open.saturating_sub(pool.idle));
            gauge("idle").set(pool.idle);
            gauge!("theater_database_connections_max", "pool" => pool.pool).set(pool.max);
        }
    }

    fn measure_memory(&self) {
        gauge!("theater_password_hashing_waiting").set(to_f64(self.wired.hashing_waiting() as u64));
        if let Some(replies) = &self.wired.services.replies {
            let (bytes, entries) = replies.size();
            gauge!("theater_reply_cache_bytes").set(to_f64(bytes));
            gauge!("theater_reply_cache_entries").set(to_f64(entries));
        }
    }

    async fn measure_dependencies(&self) {
        for state in self.wired.services.dependencies.check().await {
            gauge!("theater_dependency_up", "dependency" => state.name).set(u8::from(state.is_good()));
            gauge!("theater_dependency_latency_seconds", "dependency" => state.name).set(state.latency);
        }
    }

    /// Sets the gauges to NaN if counting fails, instead of reporting outdated numbers.
    async fn measure_queue(&self) {
        let (outbox, backlog) = tokio::join!(
            timeout(TIMEOUT, self.wired.database.outbox_length()),
            timeout(TIMEOUT, self.queue.backlog())
        );
        let unknown = f64::NAN;
        let outbox = outbox.ok().and_then(Result::ok);
        gauge!("theater_outbox_messages").set(outbox.map_or(unknown, to_f64));
        let jobs = |state| gauge!("theater_queue_jobs", "state" => state);
        let backlog = backlog.ok().and_then(Result::ok);
        let number = |number: Option<u64>| number.map_or(unknown, to_f64);
        jobs("due").set(number(backlog.map(|backlog| backlog.due)));
        jobs("later").set(number(backlog.map(|backlog| backlog.later)));
        jobs("running").set(number(backlog.map(|backlog| backlog.running)));
        jobs("dead").set(number(backlog.map(|backlog| backlog.dead)));
        let oldest = backlog.map_or(unknown, |backlog| backlog.oldest_due.as_secs_f64());
        gauge!("theater_queue_oldest_due_seconds").set(oldest);
    }
}

/// Converts a count to the number type of Prometheus.
#[allow(clippy::cast_precision_loss, reason = "these counts stay far below 2^53")]
const fn to_f64(number: u64) -> f64 {
    number as f64
}

/// Serves `/metrics` on this socket, separate from the API because it must not be public.
pub fn serve(listener: TcpListener, observer: Arc<Observer>) -> anyhow::Result<Server> {
    let observer = Data::from(observer);
    let server = HttpServer::new(move || App::new().app_data(observer.clone()).service(read_metrics))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .context("metrics cannot be served")?;
    Ok(server.run())
}

#[get("/metrics")]
async fn read_metrics(observer: Data<Observer>) -> HttpResponse {
    // The version of the text format (Prometheus, "Exposition formats").
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(observer.report().await)
}
