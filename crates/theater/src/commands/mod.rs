//! What the executable can do.

mod cleanup;
mod config;
mod create_admin;
mod csv_file;
mod export;
mod generate;
mod health;
mod import;
mod jobs;
mod legacy_import;
mod line_reader;
mod migrate;
mod observation;
mod openapi;
mod output;
mod serve;
mod signal;
mod text_cell;
mod worker;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use csv_file::csv_rows;
pub use openapi::openapi_json;

/// The service behind an online cinema.
///
/// Without a command it serves: on an embedded database, with a sample catalogue, and with a mailbox page in place of a
/// mail server. `theater config example` lists the variables that change that.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = false)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (what happens without a command)
    ///
    /// Brings the database up to date, fills an empty one with the sample catalogue in development, makes the first
    /// administrator, and serves until Ctrl+C or SIGTERM.
    Serve,
    /// Carry out jobs in a process of their own
    ///
    /// Sends the mails that serving processes have put into the queue. Set WORKER=off where this runs beside them.
    Worker,
    /// Bring the database up to date, back, or show where it stands
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Load movies from a CSV file
    ///
    /// The columns, by the names in its first line and in any order: `names`, `date_x`, `score`, `genre`, `overview`,
    /// `crew`, `orig_title`, `status`, `orig_lang`, `budget_x`, `revenue`, `country`. Dates are YYYY-MM-DD or MM/DD/YYYY. A movie that the
    /// catalogue holds already is left as it is, so the same file can be loaded again after an interruption. Rows that
    /// describe no movie are told with their line and do not stop the others.
    Import {
        /// The file
        file: PathBuf,
        /// Load nothing at all if any row describes no movie
        #[arg(long)]
        strict: bool,
    },
    /// Take over accounts, profiles and movies of a py-online-cinema
    ///
    /// From its PostgreSQL, which the variable `ORIGINAL_DATABASE_URL` names; nothing is changed there. People keep their
    /// passwords. What is here already is left as it is, so the command can be run again, after an interruption or for what
    /// has come since. What cannot be taken over is told.
    LegacyImport {
        /// A folder with the files of its bucket; without it, no pictures are taken over
        #[arg(long, value_name = "FOLDER")]
        avatars: Option<PathBuf>,
    },
    /// Write all movies as CSV
    ///
    /// In the layout that `import` reads, the oldest movie first. A name with a comma in it cannot be told from two names
    /// there; each such name is told. A text that begins like a formula gets an apostrophe before it, which `import` removes.
    Export {
        /// The file, instead of standard output; it appears when it is whole
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Write made-up movies as CSV
    ///
    /// For trying out a large catalogue: `import` reads them. The same number and seed give the same movies everywhere,
    /// and a larger catalogue starts with a smaller one.
    Generate {
        /// How many movies
        #[arg(value_name = "N")]
        count: u64,
        /// Another number gives other movies
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file, instead of standard output; it appears when it is whole
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Remove what has expired
    ///
    /// Activation and password reset tokens, sessions, and accounts that were never activated. A running service does so
    /// by itself each hour.
    Cleanup,
    /// Show, retry or remove jobs that were given up
    ///
    /// A mail that the server refuses for good, or that could not be sent for two days, is given up.
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Make an account an administrator, or make a new one
    ///
    /// The account becomes active, gets the password, and is logged out everywhere.
    CreateAdmin {
        /// The address of the account
        email: String,
        /// Read the password from standard input instead of generating and printing one
        #[arg(long)]
        password_stdin: bool,
    },
    /// Ask the running service whether it can serve
    ///
    /// By HTTP, where this configuration says that it listens. Ends with an error where it cannot, or where nothing answers:
    /// made for the health checks of containers.
    Health {
        /// Check a worker on this machine instead, on its `METRICS_ADDR`
        #[arg(long)]
        worker: bool,
    },
    /// Check the configuration, or list its variables
    #[command(subcommand)]
    Config(config::Command),
    /// Print the OpenAPI document
    Openapi,
}

/// Runs a command.
///
/// # Errors
///
/// What went wrong, and what to do about it.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let outcome = carry_out(arguments).await;
    crate::traces::finish().await;
    outcome
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve().await,
        Command::Worker => worker::worker().await,
        Command::Migrate(command) => migrate::migrate(command).await,
        Command::Import { file, strict } => import::import(&file, strict).await,
        Command::LegacyImport { avatars } => legacy_import::legacy_import(avatars.as_deref()).await,
        Command::Export { output } => export::export(output.as_deref()).await,
        Command::Generate { count, seed, output } => generate::generate(count, seed, output.as_deref()),
        Command::Jobs(command) => jobs::jobs(command).await,
        Command::Cleanup => cleanup::cleanup().await,
        Command::CreateAdmin { email, password_stdin } => {
            create_admin::create_admin(&email, password_stdin).await
        }
        Command::Config(command) => config::config(&command),
        Command::Health { worker } => health::health(worker),
        Command::Openapi => {
            // A reader that closes early, such as `head`, is no failure.
            let _ = std::io::Write::write_all(&mut std::io::stdout(), openapi_json()?.as_bytes());
            Ok(())
        }
    }
}

/// The configuration, with logging started.
fn start() -> anyhow::Result<crate::config::Config> {
    let config = crate::config::load()?;
    crate::start_logging(&config.logging, config.observation.collector.as_deref());
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}
