//! Metrics, as Prometheus reads them.
//!
//! Crates record what happens with the `metrics` facade, each where it happens. What is rather measured than counted, such
//! as how many jobs wait, is looked up when somebody reads.

use std::{
    net::TcpListener,
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, get, web::Data};
use anyhow::Context;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use queue::JobQueue;
use tokio::time::timeout;

use crate::wiring::Wired;

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only ever grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often, and in which buckets.
    Histogram,
}

/// A metric: its name, what it is, its unit and what it means.
pub type Metric = (&'static str, Kind, Unit, &'static str);

/// Every metric of the service. Those of the process (`process_…`) come besides.
pub const METRICS: &[Metric] = &[
    ("theater_build_info", Kind::Gauge, Unit::Count, "Always 1; its label names the version."),
    (
        "theater_http_request_duration_seconds",
        Kind::Histogram,
        Unit::Seconds,
        "How long requests took, by method, route and status.",
    ),
    (
        "theater_faults_total",
        Kind::Counter,
        Unit::Count,
        "Requests that were answered 500: always a fault of the program.",
    ),
    ("theater_http_requests_in_flight", Kind::Gauge, Unit::Count, "Requests that are being answered."),
    (
        "theater_dependency_up",
        Kind::Gauge,
        Unit::Count,
        "1 where a dependency answers and 0 where it does not: the database, the object store, mail, Redis.",
    ),
    (
        "theater_dependency_latency_seconds",
        Kind::Gauge,
        Unit::Seconds,
        "How long a dependency took to answer.",
    ),
    (
        "theater_database_connections",
        Kind::Gauge,
        Unit::Count,
        "Connections to the database, by pool and by what they do: used or idle.",
    ),
    (
        "theater_database_connections_max",
        Kind::Gauge,
        Unit::Count,
        "The most connections that a pool may have.",
    ),
    ("theater_outbox_messages", Kind::Gauge, Unit::Count, "Messages that wait to be handed to the queue."),
    (
        "theater_queue_jobs",
        Kind::Gauge,
        Unit::Count,
        "Jobs of the queue, by state: due, later (waiting to be tried again), running, dead (given up).",
    ),
    (
        "theater_queue_oldest_due_seconds",
        Kind::Gauge,
        Unit::Seconds,
        "For how long the oldest job has been due that no worker has taken.",
    ),
    (
        "theater_messages_total",
        Kind::Counter,
        Unit::Count,
        "Messages that workers carried out, mails above all, by kind and outcome: done, obsolete, failed (and tried again later), given_up.",
    ),
    (
        "theater_password_hashing_duration_seconds",
        Kind::Histogram,
        Unit::Seconds,
        "How long hashing or checking a password took, without waiting for it.",
    ),
    (
        "theater_password_hashing_waiting",
        Kind::Gauge,
        Unit::Count,
        "Callers who wait for a password to be hashed.",
    ),
    (
        "theater_password_hashing_refused_total",
        Kind::Counter,
        Unit::Count,
        "Callers who were sent away because too many waited, or they themselves for too long.",
    ),
    (
        "theater_rate_limit_refusals_total",
        Kind::Counter,
        Unit::Count,
        "Requests that were refused because a rate limit was reached, by limit.",
    ),
    (
        "theater_reply_cache_requests_total",
        Kind::Counter,
        Unit::Count,
        "Reads of the catalogue, by whether a finished reply was at hand: hit or miss.",
    ),
    ("theater_reply_cache_bytes", Kind::Gauge, Unit::Bytes, "What the finished replies take."),
    ("theater_reply_cache_entries", Kind::Gauge, Unit::Count, "How many finished replies are kept."),
];

/// Bounds of the buckets of a request, in seconds: from what comes out of memory to the longest that any may take.
const REQUEST_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Bounds of the buckets of hashing, in seconds.
const HASHING_BUCKETS: &[f64] = &[0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0];

/// How long the queue may take to be counted.
const TIMEOUT: Duration = Duration::from_secs(2);

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Records from now on, in the whole process. What is recorded before is lost. Starting twice changes nothing.
pub fn start_recording() -> Option<PrometheusHandle> {
    RECORDER
        .get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(
                    Matcher::Full("theater_http_request_duration_seconds".to_owned()),
                    REQUEST_BUCKETS,
                )
                .and_then(|builder| {
                    let name = "theater_password_hashing_duration_seconds".to_owned();
                    builder.set_buckets_for_metric(Matcher::Full(name), HASHING_BUCKETS)
                });
            let handle = builder.and_then(PrometheusBuilder::install_recorder);
            handle.inspect_err(|error| tracing::warn!(%error, "no metrics are recorded")).ok()
        })
        .as_ref()
        .map(|handle| {
            for (name, kind, unit, meaning) in METRICS {
                match kind {
                    Kind::Counter => describe_counter!(*name, *unit, *meaning),
                    Kind::Gauge => describe_gauge!(*name, *unit, *meaning),
                    Kind::Histogram => describe_histogram!(*name, *unit, *meaning),
                }
            }
            // What has not happened yet is told as none, so that an alert sees the first time.
            counter!("theater_password_hashing_refused_total").absolute(0);
            counter!("theater_faults_total").absolute(0);
            gauge!("theater_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
            handle.clone()
        })
}

/// Looks up what is measured, and writes everything down.
pub struct Observer {
    handle: PrometheusHandle,
    process: Collector,
    wired: Wired,
    queue: JobQueue,
}

impl Observer {
    /// Watches this service and this queue.
    #[must_use]
    pub fn new(handle: PrometheusHandle, wired: Wired, queue: JobQueue) -> Self {
        let process = Collector::default();
        process.describe();
        Self { handle, process, wired, queue }
    }

    /// Everything, in the text format of Prometheus.
    pub async fn report(&self) -> String {
        self.process.collect();
        self.look_at_connections();
        self.look_at_memory();
        tokio::join!(self.look_at_dependencies(), self.look_at_queue());
        self.handle.render()
    }

    fn look_at_connections(&self) {
        for pool in self.wired.pools.usage() {
            let gauge = |state| gauge!("theater_database_connections", "pool" => pool.pool, "state" => state);
            gauge("used").set(pool.open.saturating_sub(pool.idle));
            gauge("idle").set(pool.idle);
            gauge!("theater_database_connections_max", "pool" => pool.pool).set(pool.max);
        }
    }

    fn look_at_memory(&self) {
        gauge!("theater_password_hashing_waiting").set(measured(self.wired.hashing_waiting() as u64));
        if let Some(replies) = &self.wired.services.replies {
            let (bytes, entries) = replies.size();
            gauge!("theater_reply_cache_bytes").set(measured(bytes));
            gauge!("theater_reply_cache_entries").set(measured(entries));
        }
    }

    async fn look_at_dependencies(&self) {
        for state in self.wired.services.dependencies.ask().await {
            gauge!("theater_dependency_up", "dependency" => state.name).set(u8::from(state.is_good()));
            gauge!("theater_dependency_latency_seconds", "dependency" => state.name).set(state.latency);
        }
    }

    /// What cannot be counted now is not told at all, rather than with numbers of before.
    async fn look_at_queue(&self) {
        let (outbox, backlog) = tokio::join!(
            timeout(TIMEOUT, self.wired.store.outbox_length()),
            timeout(TIMEOUT, self.queue.backlog())
        );
        let unknown = f64::NAN;
        let outbox = outbox.ok().and_then(Result::ok);
        gauge!("theater_outbox_messages").set(outbox.map_or(unknown, measured));
        let jobs = |state| gauge!("theater_queue_jobs", "state" => state);
        let backlog = backlog.ok().and_then(Result::ok);
        let number = |number: Option<u64>| number.map_or(unknown, measured);
        jobs("due").set(number(backlog.map(|backlog| backlog.due)));
        jobs("later").set(number(backlog.map(|backlog| backlog.later)));
        jobs("running").set(number(backlog.map(|backlog| backlog.running)));
        jobs("dead").set(number(backlog.map(|backlog| backlog.dead)));
        let oldest = backlog.map_or(unknown, |backlog| backlog.oldest_due.as_secs_f64());
        gauge!("theater_queue_oldest_due_seconds").set(oldest);
    }
}

/// As Prometheus has all numbers.
#[allow(clippy::cast_precision_loss, reason = "what is counted here stays far below 2^53")]
const fn measured(number: u64) -> f64 {
    number as f64
}

/// Serves `/metrics` on this socket, apart from the API: it is not for the world.
///
/// # Errors
///
/// The system's own, where the socket cannot be served.
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
