use tracing_subscriber::EnvFilter;

use crate::config::{
    reader::{ConfigError, Reader, one_of},
    variables as var,
};

/// The log filter and format.
#[derive(Clone, Debug)]
pub struct Logging {
    /// The directives of the log filter.
    pub filter: String,
    /// The format of a log line.
    pub format: LogFormat,
}

/// The format of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Human-readable text.
    Text,
    /// One JSON object per line.
    Json,
}

impl Logging {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Result<Self, ConfigError> {
        let filter = reader.parse(var::RUST_LOG, |text| {
            let parsed = EnvFilter::builder().parse(text).map(|_| text.to_owned());
            parsed.map_err(|_| "must be levels such as info or info,sqlx=warn".to_owned())
        })?;
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let format = reader.optional(var::LOG_FORMAT, one_of(&formats));
        let default = if production { LogFormat::Json } else { LogFormat::Text };
        Ok(Self { filter, format: format.unwrap_or(default) })
    }
}
