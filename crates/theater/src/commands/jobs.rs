use anyhow::bail;
use clap::Subcommand;

use super::start;
use crate::wiring::Wired;

/// What to do with jobs that were given up.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show them, the oldest first, with the reason
    List,
    /// Try one again, or all of them
    Retry {
        /// The id that the list shows; all of them without it
        id: Option<String>,
    },
    /// Remove all of them for good
    Purge,
}

pub(super) async fn jobs(command: Command) -> anyhow::Result<()> {
    let queue = Wired::new(&start()?).await?.queue().await?;
    match command {
        Command::List => {
            let dead = queue.dead().await?;
            for job in &dead {
                println!("{}  {}  {} {}  {}", job.id, job.since, job.message, job.subject, job.reason);
            }
            println!("{} jobs were given up.", dead.len());
        }
        Command::Retry { id } => match (queue.revive(id.as_deref()).await?, id) {
            (0, Some(id)) => {
                bail!("no job with the id {id} was given up: `theater jobs list` shows those that were")
            }
            (count, _) => println!("{count} jobs will be tried again."),
        },
        Command::Purge => println!("{} jobs were removed.", queue.purge().await?),
    }
    Ok(())
}
