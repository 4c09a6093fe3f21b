use std::sync::Arc;

use api::ReplyCache;
use application::catalogue::Catalogue;
use persistence::CatalogueStore;

use super::Foundation;
use crate::config::{self, Config};

/// The use cases of the catalogue and the cache of its responses.
pub(super) struct CatalogueParts {
    pub(super) catalogue: Catalogue,
    pub(super) replies: Option<ReplyCache>,
    pub(super) store: CatalogueStore,
}

pub(super) fn wire(foundation: &Foundation, config: &Config) -> CatalogueParts {
    let store = CatalogueStore::new(foundation.database.clone());
    let (units, queries, changes) =
        (Arc::new(store.clone()), Arc::new(store.clone()), Arc::new(store.clone()));
    let config::Catalogue { cache_bytes, cache_max_age } = config.catalogue;
    let replies = (cache_bytes > 0).then(|| ReplyCache::new(cache_bytes, cache_max_age, changes));
    CatalogueParts { catalogue: Catalogue { store: units, queries }, replies, store }
}
