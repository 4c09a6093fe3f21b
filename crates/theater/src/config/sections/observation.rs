use std::net::SocketAddr;

use crate::config::{
    reader::{ConfigError, Reader, web_url},
    variables as var,
};

/// Metrics and traces.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The address that serves metrics; `None` to serve none.
    pub metrics: Option<SocketAddr>,
    /// Whether `METRICS_ADDR` is set: then a start fails if the address is in use.
    pub metrics_configured: bool,
    /// The base URL of the trace collector; `None` to send no traces.
    pub collector: Option<String>,
}

impl Observation {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, ConfigError> {
        let metrics = reader.parse(var::METRICS_ADDR, |text| match text {
            "off" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| "must be an IP address and a port such as 0.0.0.0:9100, or off".to_owned()),
        })?;
        let collector = reader.optional(var::OTEL_EXPORTER_OTLP_ENDPOINT, |text| {
            if text.starts_with("https://") {
                return Err(
                    "must begin with http://: traces are sent to a collector beside the service".to_owned()
                );
            }
            web_url(text).map_err(|_| "must be a URL such as http://localhost:4318".to_owned())
        });
        Ok(Self { metrics, metrics_configured: reader.given(var::METRICS_ADDR).is_some(), collector })
    }
}
