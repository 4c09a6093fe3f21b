//! Measures the service against baselines on the same machine, and writes the results into `docs/performance.md`.
//!
//! Without a subcommand it runs the benchmark (start reading at `run.rs`): it starts PostgreSQL, the service, and
//! child processes of itself. `load` and `logins` are clients, `bare` is the baseline server.

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

/// Options of the benchmark.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// Executable of the service, built with --release
    #[arg(long, default_value = "target/release/theater")]
    server: PathBuf,
    /// Number of movies in the catalogue; default 100000, or a million with --million
    #[arg(long)]
    movies: Option<u64>,
    /// Number of rounds; the report shows the median
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Duration of each load in seconds, after a warm-up of one second
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Number of concurrent connections
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// Load a million movies and time the queries of bench/paths.txt instead
    #[arg(long)]
    million: bool,
    /// Folder of performance.md; default: docs of this repository
    #[arg(long)]
    docs: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Request paths as fast as the server responds, and print the rate
    #[command(hide = true)]
    Load(load::Load),
    /// Log in many times at once while reading at a fixed rate, and print the response times
    #[command(hide = true)]
    Logins(logins::Logins),
    /// Return the same bytes for every request
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

/// Runs the benchmark until it ends or is stopped by a signal. In both cases its processes are stopped, since the values
/// that own them are dropped here.
fn measure(options: Options) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("no threads can be started")?;
    runtime.block_on(async {
        tokio::select! {
            outcome = run::run(options) => outcome,
            () = stop_signal() => bail!("stopped before the end of the benchmark; nothing was written"),
        }
    })
}

/// Waits for Ctrl+C or SIGTERM.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    // If no handler can be installed, a signal ends the process at once, as by default.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
