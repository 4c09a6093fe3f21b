use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{LogFormat, Logging},
    traces,
};

/// Writes logs to standard error from now on, and sends traces to this collector. Starting twice changes nothing.
pub fn start_logging(logging: &Logging, collector: Option<&str>) {
    // Spans are for the collector alone: a line of the log says by itself what it is about.
    // The HTTP library logs an ERROR for each request that a client writes badly or leaves; `RUST_LOG=info,actix_http=error`
    // shows them.
    let filter = format!("actix_http=off,{},{}=off", logging.filter, traces::TARGET);
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
