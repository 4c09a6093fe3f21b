use std::io::{self, IsTerminal, Write};

use anyhow::{Context, bail};
use clap::Subcommand;
use persistence::{MigrationState, migrate_down, migration_states};

use super::start;
use crate::wiring::Wired;

/// The subcommands of `migrate`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply every migration that is not applied yet
    Up,
    /// Revert the last migrations and delete their data
    Down {
        /// Number of migrations
        #[arg(long, default_value_t = 1)]
        steps: u32,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Show every migration and whether it is applied
    Status,
}

pub(super) async fn migrate(command: Command) -> anyhow::Result<()> {
    let wired = Wired::new(&start()?).await?;
    let before = states(&wired).await?;
    match command {
        Command::Up => {
            wired.migrate().await?;
            wired.queue().await?.close().await;
            report(
                "applied",
                &before,
                &states(&wired).await?,
                "Nothing to apply: the database is up to date.",
            );
        }
        Command::Down { steps, yes } => {
            if !yes {
                confirm(steps)?;
            }
            migrate_down(&wired.pools.writer, steps).await.context("the migrations cannot be reverted")?;
            report("reverted", &before, &states(&wired).await?, "Nothing to revert.");
        }
        Command::Status => {
            for state in before {
                println!("{} {}", if state.applied { "applied" } else { "pending" }, state.name);
            }
        }
    }
    Ok(())
}

async fn states(wired: &Wired) -> anyhow::Result<Vec<MigrationState>> {
    migration_states(&wired.pools.writer).await.context("the database cannot be queried")
}

/// Prints the migrations whose state has changed.
fn report(change: &str, before: &[MigrationState], after: &[MigrationState], none: &str) {
    let mut changed = 0;
    for (old, new) in before.iter().zip(after) {
        if old.applied != new.applied {
            println!("{change} {}", new.name);
            changed += 1;
        }
    }
    if changed == 0 {
        println!("{none}");
    }
}

fn confirm(steps: u32) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() {
        bail!("reverting migrations deletes their data: pass --yes to confirm it without a terminal");
    }
    eprint!("Revert {steps} migrations and delete their data? Type yes: ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if answer.trim() == "yes" { Ok(()) } else { bail!("nothing was reverted") }
}
