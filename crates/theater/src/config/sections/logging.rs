use tracing_subscriber::EnvFilter;

use crate::config::{
    reader::{Reader, one_of},
    variables as var,
};

/// What the service logs.
#[derive(Clone, Debug)]
pub struct Logging {
    /// Which events.
    pub filter: String,
    /// In which form.
    pub format: LogFormat,
}

/// The form of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Logging {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Option<Self> {
        let filter = reader.parse(var::RUST_LOG, |text| {
            let readable = EnvFilter::builder().parse(text).is_ok();
            if readable {
                Ok(text.to_owned())
            } else {
                Err("must be levels such as info or info,sqlx=warn".to_owned())
            }
        });
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let format = reader.optional(var::LOG_FORMAT, one_of(&formats));
        let default = if production { LogFormat::Json } else { LogFormat::Text };
        Some(Self { filter: filter?, format: format.unwrap_or(default) })
    }
}
