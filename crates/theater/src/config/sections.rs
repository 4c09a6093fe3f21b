use std::{collections::BTreeMap, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};
use storage::S3Settings;

use super::{
    reader::{ConfigError, Reader, one_of, yes_or_no},
    variables as var,
};

mod accounts;
mod catalogue;
mod database;
mod limits;
mod logging;
mod mail;
mod objects;
mod observation;
mod server;

pub use accounts::{Accounts, FirstAdmin};
pub use catalogue::Catalogue;
pub use database::Database;
pub use limits::Limits;
pub use logging::{LogFormat, Logging};
pub use mail::Mail;
pub use observation::Observation;
pub use server::Server;

/// The environment of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// A local machine.
    Development,
    /// Public operation, with stricter checks of the configuration.
    Production,
}

/// The whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Development or production.
    pub environment: Environment,
    /// Addresses and limits of the HTTP server.
    pub server: Server,
    /// The data folder and the object store.
    pub storage: Storage,
    /// The database connection.
    pub database: Database,
    /// The response cache of the catalogue.
    pub catalogue: Catalogue,
    /// The mail server and the sender.
    pub mail: Mail,
    /// Secret keys, passwords, tokens and the first administrator.
    pub accounts: Accounts,
    /// Rate limits.
    pub limits: Limits,
    /// The log filter and format.
    pub logging: Logging,
    /// Metrics and traces.
    pub observation: Observation,
    /// Whether jobs run in the serving process.
    pub worker_in_process: bool,
    /// Whether the sample is loaded into an empty catalogue.
    pub sample_data: bool,
    /// Probable mistakes that do not prevent a start.
    pub warnings: Vec<String>,
}

/// Where the service stores files.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The folder of the embedded database, pictures, mailbox and generated secret.
    pub folder: PathBuf,
    /// The object store of pictures; `None` if they are stored in `folder`.
    pub s3: Option<S3Settings>,
}

impl Config {
    /// Reads the variables of a `.env` file and the environment, which overrides them: every section, and then the rules
    /// across sections.
    pub fn read(
        file: BTreeMap<String, String>,
        environment: BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(file, environment);
        let mut config = Self::sections(&mut reader)?;
        let allow_sqlite = reader.parse(var::ALLOW_SQLITE, yes_or_no)?;
        if config.environment == Environment::Production {
            let is_sqlite = |url: &SecretString| url.expose_secret().starts_with("sqlite:");
            if config.database.url.as_ref().is_none_or(is_sqlite) && !allow_sqlite {
                let advice = "must name a PostgreSQL database in production, or set ALLOW_SQLITE=true";
                reader.refuse(var::DATABASE_URL, advice);
            }
            Self::check_production(&mut reader);
        }
        config.warnings = reader.finish()?;
        let shared =
            config.database.url.as_ref().is_some_and(|url| url.expose_secret().starts_with("postgres"));
        if shared && config.accounts.secret_key.is_none() {
            let advice = "SECRET_KEY is not set: set the same one for all processes that share the database";
            config.warnings.push(advice.to_owned());
        }
        Ok(config)
    }

    fn sections(reader: &mut Reader) -> Result<Self, ConfigError> {
        let environments =
            [("development", Environment::Development), ("production", Environment::Production)];
        let environment = reader.parse(var::APP_ENV, one_of(&environments))?;
        let production = environment == Environment::Production;
        Ok(Self {
            environment,
            server: Server::read(reader, production)?,
            database: Database::read(reader)?,
            catalogue: Catalogue::read(reader)?,
            mail: Mail::read(reader, production)?,
            accounts: Accounts::read(reader, production)?,
            limits: Limits::read(reader)?,
            logging: Logging::read(reader, production)?,
            observation: Observation::read(reader)?,
            worker_in_process: reader.parse(var::WORKER, one_of(&[("in-process", true), ("off", false)]))?,
            sample_data: reader.optional(var::SAMPLE_DATA, yes_or_no).unwrap_or(!production),
            storage: Storage {
                folder: reader.parse(var::DATA_DIR, |text| Ok(PathBuf::from(text)))?,
                s3: objects::s3(reader)?,
            },
            warnings: Vec::new(),
        })
    }

    /// Refuses settings that are safe only in development. Checks each variable on its own, so that one error hides no
    /// other.
    fn check_production(reader: &mut Reader) {
        let required = [
            (var::SECRET_KEY, "must be set in production"),
            (var::SMTP_URL, "must be set in production: without it no emails are sent"),
            (var::PUBLIC_URL, "must be set in production: links in emails begin with it"),
        ];
        for (variable, problem) in required {
            if reader.given(variable).is_none() {
                reader.refuse(variable, problem);
            }
        }
        let keys = [var::SECRET_KEY, var::SECRET_KEY_FALLBACKS]
            .map(|key| reader.given(key).unwrap_or("").to_owned());
        let keys: Vec<_> =
            keys.iter().flat_map(|keys| keys.split(',')).map(str::trim).filter(|k| !k.is_empty()).collect();
        if keys.iter().any(|key| is_weak(key)) {
            reader.refuse(var::SECRET_KEY, "must be random: this one is an example or repeats itself");
        }
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        if distinct.len() != keys.len() {
            reader.refuse(var::SECRET_KEY_FALLBACKS, "must not repeat a key");
        }
        let cost = reader.given(var::BCRYPT_COST).and_then(|cost| cost.parse::<u32>().ok());
        if cost.is_some_and(|cost| cost < 10) {
            reader.refuse(var::BCRYPT_COST, "must be at least 10 in production");
        }
        if reader.given(var::ADMIN_PASSWORD).is_some() && reader.given(var::ADMIN_EMAIL).is_none() {
            reader.refuse(var::ADMIN_EMAIL, "must be set if ADMIN_PASSWORD is set");
        }
    }
}

/// Whether a secret is obviously not random.
fn is_weak(secret: &str) -> bool {
    let lower = secret.to_lowercase();
    let weak_words = ["change", "example", "secret", "password", "your-", "insert", "placeholder"];
    let distinct: std::collections::BTreeSet<_> = secret.chars().collect();
    distinct.len() < 8 || weak_words.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests;
