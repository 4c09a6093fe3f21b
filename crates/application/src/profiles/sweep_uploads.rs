use async_trait::async_trait;
use chrono::Duration;
use domain::store::StoreError;

use super::{Profiles, delete_objects};
use crate::retention::{Purge, Removed};

/// Maximum duration of an upload: an older one counts as lost and is refused if it finishes later.
const GRACE: Duration = Duration::minutes(10);
/// Uploads per query.
const BATCH: u64 = 1_000;

/// Removes uploaded pictures that no profile shows because a process crashed or a store failed. Returns the number of
/// removed pictures.
///
/// Pictures removed before an error stay removed.
pub async fn sweep_uploads(profiles: &Profiles) -> Result<u64, StoreError> {
    let before = profiles.clock.now() - GRACE;
    let mut swept = 0;
    loop {
        let lost = profiles.queries.lost_uploads(before, BATCH).await?;
        for key in &lost {
            let unit = profiles.store.begin().await?;
            unit.profiles().abandon_upload(key).await?;
            unit.commit().await?;
            delete_objects(profiles, key).await?;
            let unit = profiles.store.begin().await?;
            unit.profiles().forget_upload(key).await?;
            unit.commit().await?;
            swept += 1;
        }
        if lost.len() as u64 != BATCH {
            return Ok(swept);
        }
    }
}

#[async_trait]
impl Purge for Profiles {
    async fn purge(&self) -> Result<Removed, StoreError> {
        Ok(Removed(vec![("unused pictures", sweep_uploads(self).await?)]))
    }
}
