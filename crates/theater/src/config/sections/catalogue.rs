use std::time::Duration;

use crate::config::{
    reader::{Reader, number, span},
    variables as var,
};

/// What a process keeps of the catalogue.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The most bytes of finished replies; 0 for none.
    pub cache_bytes: u64,
    /// How old a reply may become without a change notification.
    pub cache_max_age: Duration,
}

impl Catalogue {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let mebibytes: Option<u64> = reader.parse(var::CATALOGUE_CACHE_SIZE, number(0, 65_536));
        let cache_max_age = reader.parse(var::CATALOGUE_CACHE_MAX_AGE, |text| {
            span(text)?.to_std().map_err(|_| "must be positive".to_owned())
        });
        Some(Self { cache_bytes: mebibytes? * 1024 * 1024, cache_max_age: cache_max_age? })
    }
}
