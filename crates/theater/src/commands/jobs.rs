use anyhow::bail;
use clap::Subcommand;

use super::start;
use crate::wiring::Wired;

/// The subcommands of `jobs`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List them, the oldest first, with the reason
    List,
    /// Retry one or all of them
    Retry {
        /// The id in the list; all of them if omitted
        id: Option<String>,
    },
    /// Remove all of them permanently
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
                bail!("no job with the id {id} was given up: see `theater jobs list`")
            }
            (count, _) => println!("{count} jobs will be retried."),
        },
        Command::Purge => println!("{} jobs were removed.", queue.purge().await?),
    }
    Ok(())
}
