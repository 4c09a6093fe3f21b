use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogFormat, Logging};

/// Writes logs to standard error from now on. Starting twice changes nothing.
pub fn start_logging(logging: &Logging) {
    let filter = EnvFilter::builder().parse_lossy(&logging.filter);
    let registry = tracing_subscriber::registry().with(filter);
    let writer = std::io::stderr;
    let colours = std::io::stderr().is_terminal();
    let _ = match logging.format {
        LogFormat::Text => {
            registry.with(fmt::layer().with_writer(writer).with_ansi(colours).with_target(false)).try_init()
        }
        LogFormat::Json => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(writer)).try_init()
        }
    };
}
