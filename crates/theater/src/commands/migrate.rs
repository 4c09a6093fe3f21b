use anyhow::Context;
use clap::Subcommand;
use persistence::{migrate_down, migration_states};

use super::start;
use crate::wiring::Wired;

/// What to do with the database's tables.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply every step that is not applied yet
    Up,
    /// Take back the last steps, and what they hold with them
    Down {
        /// How many steps
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Show every step and whether it is applied
    Status,
}

pub(super) async fn migrate(command: Command) -> anyhow::Result<()> {
    let wired = Wired::new(&start()?).await?;
    let database = &wired.pools.writer;
    match command {
        Command::Up => {
            wired.migrate().await?;
            wired.queue().await?.close().await;
        }
        Command::Down { steps } => {
            migrate_down(database, steps).await.context("the steps cannot be taken back")?;
        }
        Command::Status => {}
    }
    for state in migration_states(database).await.context("the database cannot be asked")? {
        println!("{} {}", if state.applied { "applied" } else { "pending" }, state.name);
    }
    Ok(())
}
