use std::time::Duration;

use secrecy::SecretString;

use crate::config::{
    reader::{Reader, number, short_span},
    variables as var,
};

/// Where the service keeps rows.
#[derive(Clone, Debug)]
pub struct Database {
    /// The configured URL; `None` for the embedded database.
    pub url: Option<SecretString>,
    /// The most connections of this process.
    pub max_connections: u32,
    /// How long a start waits for it.
    pub start_timeout: Duration,
}

/// Whoever waits longer does better to be told, and to be started again.
const MAX_START_TIMEOUT: Duration = Duration::from_mins(10);

impl Database {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.optional(var::DATABASE_URL, |text| {
            let good =
                ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| text.starts_with(scheme));
            if good { Ok(text.into()) } else { Err("must begin with postgres:// or sqlite://".to_owned()) }
        });
        let max_connections = reader.parse(var::DATABASE_MAX_CONNECTIONS, number(1, 1_000));
        let start_timeout =
            reader.parse(var::DATABASE_START_TIMEOUT, |text| short_span(text, MAX_START_TIMEOUT));
        Some(Self { url, max_connections: max_connections?, start_timeout: start_timeout? })
    }
}
