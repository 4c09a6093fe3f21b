//! The configuration: defaults, over them a `.env` file, over that the environment.
//!
//! Every variable is declared once, in [`variables`]; the sections read it from there, and `theater config example`
//! writes it from there. All errors are told at once, each with the variable's name and never with its value.

mod example;
mod reader;
mod sections;
pub mod variables;

use std::collections::BTreeMap;

pub use example::example;
pub use reader::{ConfigError, Reader, Variables};
pub use sections::{
    Accounts, Config, Database, Environment, FirstAdmin, LogFormat, Logging, Mail, Server, Storage,
};

/// Reads the configuration of this process.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn load() -> Result<Config, ConfigError> {
    Config::read(Reader::new(variables_of_process()?))
}

/// The `.env` file of the current folder, and over it the environment.
fn variables_of_process() -> Result<Variables, ConfigError> {
    let mut file = BTreeMap::new();
    match dotenvy::from_path_iter(".env") {
        Ok(lines) => {
            for line in lines {
                let (name, value) =
                    line.map_err(|_| ConfigError::one(".env", "has a line that is not NAME=value"))?;
                file.insert(name, value);
            }
        }
        Err(dotenvy::Error::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(_) => return Err(ConfigError::one(".env", "cannot be read")),
    }
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(Variables::new(file, environment.collect()))
}
