//! The configuration: the environment overrides a `.env` file, which overrides the defaults.
//!
//! Every variable is declared once, in [`variables`]; the sections and `theater config example` use that declaration. All
//! errors are reported together, each with the variable's name and never with its value.

mod example;
mod reader;
mod sections;
pub mod variables;

use std::collections::BTreeMap;

pub use example::example;
pub use reader::ConfigError;
pub use sections::{
    Accounts, Catalogue, Config, Database, Environment, FirstAdmin, Limits, LogFormat, Logging, Mail,
    Observation, Server, Storage,
};

/// Reads the configuration of this process.
pub fn load() -> Result<Config, ConfigError> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::read(env_file()?, environment.collect())
}

/// Returns the first variable of a `.env` file whose value would be expanded: a `$` outside of single quotes refers to
/// another variable there, which would silently change a secret.
fn expanded_name(file: &str) -> Option<String> {
    let assignments = file.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let mut assignments = assignments.filter_map(|line| line.split_once('='));
    let expanded =
        assignments.find(|(_, value)| value.contains('$') && !value.trim_start().starts_with('\''));
    expanded.map(|(name, _)| name.trim().to_owned())
}

/// Returns the error for an unreadable line of a `.env` file. It contains only the line number: the line may hold a secret.
fn not_a_variable(file: &str, error: &dotenvy::Error) -> ConfigError {
    let number = match error {
        dotenvy::Error::LineParse(text, _) => {
            let first = text.lines().next().unwrap_or_default();
            file.lines().position(|line| line.trim() == first.trim())
        }
        _ => None,
    };
    let place = number.map_or_else(|| "one line".to_owned(), |number| format!("line {}", number + 1));
    ConfigError::one(".env", format!("has a variable that cannot be read in {place}: write NAME=value"))
}

/// Reads the `.env` file of the current folder.
fn env_file() -> Result<BTreeMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(".env").unwrap_or_default();
    if let Some(name) = expanded_name(&text) {
        return Err(ConfigError::one(&name, "has a $ in .env: write its value in single quotes"));
    }
    match dotenvy::from_path_iter(".env") {
        Ok(lines) => lines.map(|line| line.map_err(|error| not_a_variable(&text, &error))).collect(),
        // There is none, or this user may not enter the folder: only the environment is used.
        Err(_) if std::fs::metadata(".env").is_err() => Ok(BTreeMap::new()),
        Err(_) => {
            let folder = std::env::current_dir().unwrap_or_default();
            let problem = format!(
                "in {} cannot be read by this user: allow it to, or remove the file",
                folder.display()
            );
            Err(ConfigError::one(".env", problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_would_be_expanded_is_found() {
        assert_eq!(expanded_name("# A=$B\nPORT=1\nSECRET_KEY=a$b\n"), Some("SECRET_KEY".to_owned()));
        assert_eq!(expanded_name("SECRET_KEY='a$b'\nPORT=1\n"), None);
    }
}
