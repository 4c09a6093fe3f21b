use clap::Subcommand;

use crate::config::{Environment, example, load};

/// The subcommands of `config`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read the configuration as the service would and report all errors
    Check,
    /// Print a `.env` file of all variables, with their meanings and defaults
    Example,
}

pub(super) fn config(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Check => {
            let config = load()?;
            for warning in &config.warnings {
                eprintln!("warning: {warning}");
            }
            let environment = match config.environment {
                Environment::Development => "development",
                Environment::Production => "production",
            };
            println!("The configuration is valid, for {environment}.");
        }
        Command::Example => print!("{}", example()),
    }
    Ok(())
}
