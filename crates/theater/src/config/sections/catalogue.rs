use std::time::Duration;

use crate::config::{
    reader::{ConfigError, Reader, duration, number},
    variables as var,
};

/// The response cache of the catalogue in this process.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The maximum size in bytes; 0 turns the cache off.
    pub cache_bytes: u64,
    /// The maximum age of a cached response, for the case that a change notification is lost.
    pub cache_max_age: Duration,
}

impl Catalogue {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            cache_bytes: reader.parse(var::CATALOGUE_CACHE_SIZE, number(0, 65_536_u64))? * 1024 * 1024,
            cache_max_age: reader.parse(var::CATALOGUE_CACHE_MAX_AGE, |text| {
                duration(text)?.to_std().map_err(|_| "must be positive".to_owned())
            })?,
        })
    }
}
