use secrecy::SecretString;

use crate::config::{
    reader::{Reader, number},
    variables as var,
};

/// Where the service keeps rows.
#[derive(Clone, Debug)]
pub struct Database {
    /// The configured URL; `None` for the embedded database.
    pub url: Option<SecretString>,
    /// The most connections of this process.
    pub max_connections: u32,
}

impl Database {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.optional(var::DATABASE_URL, |text| {
            let good =
                ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| text.starts_with(scheme));
            if good { Ok(text.into()) } else { Err("must begin with postgres:// or sqlite://".to_owned()) }
        });
        let max_connections = reader.parse(var::DATABASE_MAX_CONNECTIONS, number(1, 1_000));
        Some(Self { url, max_connections: max_connections? })
    }
}
