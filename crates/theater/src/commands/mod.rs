//! The commands of the executable.

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
/// Without a command it serves the API, with an embedded database, a sample catalogue, and a mailbox page instead of a
/// mail server. `theater config example` lists the variables that change that.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = false)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (the default)
    ///
    /// Applies pending migrations, loads the sample into an empty catalogue in development, creates the first
    /// administrator, and serves until Ctrl+C or SIGTERM.
    Serve,
    /// Run jobs in a separate process
    ///
    /// Sends the emails that serving processes have enqueued. Set WORKER=off in those processes.
    Worker,
    /// Apply, revert or show migrations of the database
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Load movies from a CSV file
    ///
    /// Its first line names the columns, in any order: `names`, `date_x`, `score`, `genre`, `overview`, `crew`,
    /// `orig_title`, `status`, `orig_lang`, `budget_x`, `revenue`, `country`. Dates are YYYY-MM-DD or MM/DD/YYYY. Movies
    /// that already exist stay unchanged, so the same file can be loaded again after an interruption. Invalid rows are
    /// reported with their line and do not stop the others.
    Import {
        /// The file
        file: PathBuf,
        /// Load nothing at all if any row is invalid
        #[arg(long)]
        strict: bool,
    },
    /// Import accounts, profiles and movies of a py-online-cinema
    ///
    /// Reads its PostgreSQL database at the URL in the variable `ORIGINAL_DATABASE_URL` and changes nothing there. Passwords
    /// stay valid. What already exists here stays unchanged, so the command can be run again, after an interruption or for
    /// later additions. What cannot be imported is reported.
    LegacyImport {
        /// A folder with the files of its bucket; without it, no pictures are imported
        #[arg(long, value_name = "FOLDER")]
        avatars: Option<PathBuf>,
    },
    /// Write all movies as CSV
    ///
    /// In the layout that `import` reads, the oldest movie first. `import` reads a name with a comma as two names; each such
    /// name is reported. A text that begins like a formula gets an apostrophe before it, which `import` removes.
    Export {
        /// The file, instead of standard output; it appears only when it is complete
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Write synthetic movies as CSV
    ///
    /// For tests of a large catalogue: `import` reads them. The same number and seed give the same movies everywhere, and a
    /// larger number starts with the movies of a smaller one.
    Generate {
        /// Number of movies
        #[arg(value_name = "N")]
        count: u64,
        /// Seed of the generator: another number gives other movies
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file, instead of standard output; it appears only when it is complete
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Remove expired data
    ///
    /// Activation and password reset tokens, sessions, networks of old logins, accounts that were never activated, and
    /// unused pictures. A running service does this every hour.
    Cleanup,
    /// Show, retry or remove jobs that were given up
    ///
    /// An email that the server rejects permanently, or that could not be sent for two days, is given up.
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Make an account an administrator, or create one
    ///
    /// The account becomes active, gets the password, and is logged out everywhere.
    CreateAdmin {
        /// The email address of the account
        email: String,
        /// Read the password from standard input instead of generating and printing one
        #[arg(long)]
        password_stdin: bool,
    },
    /// Check whether the running service is ready
    ///
    /// Sends an HTTP request to the address of this configuration. Fails if the service is not ready or does not respond:
    /// for health checks of containers.
    Health {
        /// Check a worker on this machine instead, at its `METRICS_ADDR`
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
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let outcome = dispatch(arguments).await;
    crate::traces::finish().await;
    outcome
}

async fn dispatch(arguments: Arguments) -> anyhow::Result<()> {
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
            // A reader that closes early, such as `head`, is not an error.
            let _ = std::io::Write::write_all(&mut std::io::stdout(), openapi_json()?.as_bytes());
            Ok(())
        }
    }
}

/// Loads the configuration and starts logging.
fn start() -> anyhow::Result<crate::config::Config> {
    let config = crate::config::load()?;
    crate::start_logging(&config.logging, config.observation.collector.as_deref());
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}
