use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{LogFormat, Logging},
    traces,
};

/// What libraries log of matters that the service logs itself, or that are nobody's fault. A later directive such as
/// `RUST_LOG=info,actix_http=error` shows it again.
///
/// - `actix_http`: an ERROR for each request that a client writes badly or leaves
/// - `sqlx`: whole statements that were slow, and notices such as "already exists, skipping"
/// - `s3`: retries, without their reason; the object store's state is logged when it changes
const QUIET: &str = "actix_http=off,sqlx::query=off,sqlx::postgres::notice=off,s3=off,sea_orm_migration=off";

/// Writes logs to standard error from now on, and sends traces to this collector. Starting twice changes nothing.
pub fn start_logging(logging: &Logging, collector: Option<&str>) {
    // Spans are for the collector alone: a line of the log says by itself what it is about.
    let filter = format!("{QUIET},{},{}=off", logging.filter, traces::TARGET);
    let filter = EnvFilter::builder().parse_lossy(filter);
    let writer = std::io::stderr;
    let colours = std::io::stderr().is_terminal();
    let lines = match logging.format {
        LogFormat::Text => fmt::layer().with_writer(writer).with_ansi(colours).with_target(false).boxed(),
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(writer).boxed(),
    };
    let (spans, failure) = match collector.map(traces::layer).transpose() {
        Ok(spans) => (spans, None),
        Err(error) => (None, Some(error)),
    };
    let _ = tracing_subscriber::registry().with(spans).with(lines.with_filter(filter)).try_init();
    if let Some(error) = failure {
        tracing::warn!(%error, "no traces are sent");
    }
}
