use std::time::Duration;

use secrecy::SecretString;

use crate::config::{
    reader::{ConfigError, Reader, number, short_duration},
    variables as var,
};

/// The database connection.
#[derive(Clone, Debug)]
pub struct Database {
    /// The configured URL; `None` for the embedded database.
    pub url: Option<SecretString>,
    /// The maximum number of connections of this process.
    pub max_connections: u32,
    /// How long a start waits for the database.
    pub start_timeout: Duration,
}

/// The maximum of `DATABASE_START_TIMEOUT`: after that, the process should report the error and be restarted.
const MAX_START_TIMEOUT: Duration = Duration::from_mins(10);

impl Database {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, ConfigError> {
        let url = reader.optional(var::DATABASE_URL, |text| {
            let good =
                ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| text.starts_with(scheme));
            if good { Ok(text.into()) } else { Err("must begin with postgres:// or sqlite://".to_owned()) }
        });
        Ok(Self {
            url,
            max_connections: reader.parse(var::DATABASE_MAX_CONNECTIONS, number(1, 1_000))?,
            start_timeout: reader.parse(var::DATABASE_START_TIMEOUT, short_duration(MAX_START_TIMEOUT))?,
        })
    }
}
