use std::sync::Arc;

use anyhow::Context;
use application::profiles::Profiles;
use domain::{accounts::AccountQueries, objects::ObjectStore};
use persistence::ProfileStore;
use storage::ImageProcessor;

use super::Foundation;
use crate::config::Config;

pub(super) fn wire(
    foundation: &Foundation,
    config: &Config,
    accounts: Arc<dyn AccountQueries>,
    objects: Arc<dyn ObjectStore>,
) -> anyhow::Result<Profiles> {
    let Foundation { database, clock, randomness, limiter, .. } = foundation;
    let store = Arc::new(ProfileStore::new(database.clone()));
    Ok(Profiles {
        store: store.clone(),
        queries: store,
        accounts,
        objects,
        avatars: Arc::new(ImageProcessor::start().context("no thread can be started")?),
        clock: clock.clone(),
        randomness: randomness.clone(),
        limiter: limiter.clone(),
        avatars_per_user: config.limits.avatars_per_user,
    })
}
