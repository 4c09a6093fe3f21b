use clap::Subcommand;

use crate::config::{Environment, example, load};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read the configuration as the service would, and tell everything that is wrong with it
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
            let place = match config.environment {
                Environment::Development => "development",
                Environment::Production => "production",
            };
            println!("The configuration is valid, for {place}.");
        }
        Command::Example => print!("{}", example()),
    }
    Ok(())
}
