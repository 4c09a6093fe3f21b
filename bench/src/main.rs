//! Measures the service against what the machine under it can do, and writes what came out into `docs/performance.md`.
//!
//! Without a subcommand it is the one who measures (start reading at `run.rs`): it starts PostgreSQL, the service, and
//! itself again in other roles. `load` and `logins` are the clients, `bare` is the server that does nothing but answer.

mod bare;
mod catalogue;
mod chart;
mod figures;
mod http;
mod latency;
mod load;
mod logins;
mod machine;
mod million;
mod pgbench;
mod postgres;
mod process;
mod queries;
mod report;
mod round;
mod run;
mod server;
mod stage;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};

/// Measures the service, and writes docs/performance.md.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

/// What to measure, and for how long.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// The service's executable, built with --release
    #[arg(long, default_value = "target/release/theater")]
    server: PathBuf,
    /// How many movies the catalogue holds; a million with --million
    #[arg(long)]
    movies: Option<u64>,
    /// How often each figure is measured; the report shows the median
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How many seconds each load lasts, after one second that does not count
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many connections ask at once
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// Load a million movies and time the queries of bench/paths.txt instead
    #[arg(long)]
    million: bool,
    /// The folder of performance.md; docs of this repository if not given
    #[arg(long)]
    docs: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask for paths as fast as the server answers, and print how fast that was
    #[command(hide = true)]
    Load(load::Load),
    /// Log in many times at once while somebody reads, and print how long all of them waited
    #[command(hide = true)]
    Logins(logins::Logins),
    /// Answer every request with the same bytes
    #[command(hide = true)]
    Bare(bare::Bare),
}

fn main() -> anyhow::Result<()> {
    let Arguments { command, options } = Arguments::parse();
    match command {
        Some(Command::Load(load)) => load::generate(&load),
        Some(Command::Logins(logins)) => logins::generate(&logins),
        Some(Command::Bare(bare)) => bare::serve(&bare),
        None => measure(options),
    }
}

/// Measures until all is measured or somebody asks for an end. Whatever was started is stopped in both cases: it belongs
/// to values that are dropped here.
fn measure(options: Options) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("no threads can be started")?;
    runtime.block_on(async {
        tokio::select! {
            outcome = run::run(options) => outcome,
            () = asked_to_stop() => bail!("stopped before all was measured; nothing was written"),
        }
    })
}

/// Waits for Ctrl+C or SIGTERM.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    // Where no handler can be installed, the process ends at once, as it would without one.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
