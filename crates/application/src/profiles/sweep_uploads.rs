use chrono::Duration;
use domain::ports::StoreError;

use super::{Profiles, delete_objects};

/// How long an upload may take: one that is older was lost, and is refused should it come to its end after all.
const GRACE: Duration = Duration::minutes(10);
/// How many are looked for at a time.
const BATCH: u64 = 1_000;

/// Removes pictures that were put into the object store and never came to be shown, because a process died or a store
/// failed in between. Tells how many.
///
/// # Errors
///
/// [`StoreError`]; what was removed before it stays removed.
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
