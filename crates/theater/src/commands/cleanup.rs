use application::retention::clean_up;

use super::start;
use crate::wiring::Wired;

pub(super) async fn cleanup() -> anyhow::Result<()> {
    let wired = Wired::new(&start()?).await?;
    wired.migrate().await?;
    println!("Removed {}.", clean_up(&wired.retention).await?);
    Ok(())
}
