use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{LogFormat, Logging},
    traces,
};

/// Turns off library events that the service logs itself or that report no problem of the service. A later directive such
/// as `RUST_LOG=info,actix_http=error` turns them on again.
///
/// - `actix_http`: an ERROR for each malformed or aborted request
/// - `sqlx`: the full text of slow statements, and notices such as "already exists, skipping"
/// - `s3`: retries, without their reason; the object store's state is logged when it changes
const QUIET: &str = "actix_http=off,sqlx::query=off,sqlx::postgres::notice=off,s3=off,sea_orm_migration=off";

/// Starts logging to standard error and sending traces to the collector at this base URL. A second call has no effect.
pub fn start_logging(logging: &Logging, collector: Option<&str>) {
    // Spans go to the collector only: log lines carry their own fields.
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
