use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use api::TrustedProxies;
use application::accounts::{AccountSettings, LimitRules};
use domain::accounts::{Email, Password, SessionLifetime};
use limits::SharedCounter;
use secrecy::{ExposeSecret, SecretString};
use security::MIN_SECRET_BYTES;
use tracing_subscriber::EnvFilter;

use super::{
    reader::{ConfigError, Reader, limit, network, number, one_of, span, yes_or_no},
    variables as var,
};

/// Where the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's desk.
    Development,
    /// For real.
    Production,
}

/// The whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the service runs.
    pub environment: Environment,
    /// How it is reached.
    pub server: Server,
    /// Where it keeps files.
    pub storage: Storage,
    /// Where it keeps rows.
    pub database: Database,
    /// How it sends letters.
    pub mail: Mail,
    /// How it keeps accounts.
    pub accounts: Accounts,
    /// How much of what is everybody's share.
    pub limits: Limits,
    /// What it logs.
    pub logging: Logging,
    /// Whether jobs run in the serving process.
    pub worker_in_process: bool,
    /// Whether an empty catalogue is filled with the sample.
    pub sample_data: bool,
    /// What is probably a mistake, though nothing that stops the service.
    pub warnings: Vec<String>,
}

/// How the service is reached.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where people reach it, without a slash at the end; `None` where nobody said so.
    pub given_public_url: Option<String>,
    /// Whose word on where a request comes from counts.
    pub trusted_proxies: TrustedProxies,
}

/// Where the service keeps files.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The folder of everything embedded.
    pub folder: PathBuf,
    /// The object store; `None` for a folder.
    pub s3: Option<S3>,
}

/// An object store.
#[derive(Clone, Debug)]
pub struct S3 {
    /// The server.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretString,
    /// Where callers get objects without a signature.
    pub public_url: Option<String>,
}

/// Where the service keeps rows.
#[derive(Clone, Debug)]
pub struct Database {
    /// The configured URL; `None` for the embedded database.
    pub url: Option<SecretString>,
    /// The most connections of this process.
    pub max_connections: u32,
}

/// How the service sends letters.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server; `None` for the development mailbox.
    pub smtp_url: Option<SecretString>,
    /// Another authority that the mail server's certificate may come from (PEM).
    pub authority: Option<String>,
    /// Whom letters come from.
    pub from: mail::Sender,
}

/// How much of what is everybody's share.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The limits; `None` where nothing is limited.
    pub rules: Option<LimitRules>,
    /// The Redis server in which all processes count together; `None` where each counts by itself.
    pub redis_url: Option<SecretString>,
}

/// How the service keeps accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// From which every key is derived; `None` for one that is generated.
    pub secret_key: Option<SecretString>,
    /// Those that it replaced.
    pub secret_key_fallbacks: Vec<SecretString>,
    /// The cost of a password hash.
    pub bcrypt_cost: u32,
    /// How long tokens and sessions live.
    pub settings: AccountSettings,
    /// How long an account may wait for its activation.
    pub pending_account_ttl: chrono::Duration,
    /// The first administrator; `None` where none is to be made.
    pub first_admin: Option<FirstAdmin>,
}

/// The first administrator.
#[derive(Clone, Debug)]
pub struct FirstAdmin {
    /// The address.
    pub email: Email,
    /// The password; `None` for one that is generated.
    pub password: Option<Password>,
}

/// What the service logs.
#[derive(Clone, Debug)]
pub struct Logging {
    /// Which events.
    pub filter: String,
    /// In which form.
    pub format: LogFormat,
}

/// The form of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads every section and checks what they must be together.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn read(mut reader: Reader) -> Result<Self, ConfigError> {
        let config = Self::sections(&mut reader);
        let (mut config, warnings) = reader.finish(config)?;
        config.warnings = warnings;
        let shared =
            config.database.url.as_ref().is_some_and(|url| url.expose_secret().starts_with("postgres"));
        if shared && config.accounts.secret_key.is_none() {
            let advice = "SECRET_KEY is not set, so this process uses one of its own: set one for all that share the database";
            config.warnings.push(advice.to_owned());
        }
        Ok(config)
    }

    fn sections(reader: &mut Reader) -> Option<Self> {
        let environments =
            [("development", Environment::Development), ("production", Environment::Production)];
        let environment = reader.parse(var::APP_ENV, one_of(&environments));
        let production = environment == Some(Environment::Production);
        // Every section is read before any is missed, so that all errors are told at once.
        let server = Server::read(reader);
        let database = Database::read(reader);
        let mail = Mail::read(reader, production);
        let accounts = Accounts::read(reader, production);
        let limits = Limits::read(reader);
        let logging = Logging::read(reader, production);
        let worker = reader.parse(var::WORKER, one_of(&[("in-process", true), ("off", false)]));
        let sample_data = reader.optional(var::SAMPLE_DATA, yes_or_no);
        let folder = reader.parse(var::DATA_DIR, |text| Ok(PathBuf::from(text)));
        let s3 = S3::read(reader);
        let allow_sqlite = reader.parse(var::ALLOW_SQLITE, yes_or_no).unwrap_or(false);
        if production {
            let sqlite = |database: &Database| {
                database.url.as_ref().is_none_or(|url| url.expose_secret().starts_with("sqlite:"))
            };
            if database.as_ref().is_some_and(sqlite) && !allow_sqlite {
                let advice = "must name a PostgreSQL database in production, or set ALLOW_SQLITE=true";
                reader.refuse(var::DATABASE_URL, advice);
            }
            Self::check_production(reader);
        }
        Some(Self {
            environment: environment?,
            server: server?,
            storage: Storage { folder: folder?, s3: s3? },
            database: database?,
            mail: mail?,
            accounts: accounts?,
            limits: limits?,
            logging: logging?,
            worker_in_process: worker?,
            sample_data: sample_data.unwrap_or(!production),
            warnings: Vec::new(),
        })
    }

    /// What is a convenience on a desk and a hole on the internet. It looks at each variable by itself, so that one that
    /// is wrong hides no other.
    fn check_production(reader: &mut Reader) {
        let required = [
            (var::SECRET_KEY, "must be set in production"),
            (var::SMTP_URL, "must be set in production: without it nobody gets any mail"),
            (var::PUBLIC_URL, "must be set in production: links in mails begin with it"),
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
        if reader
            .given(var::BCRYPT_COST)
            .and_then(|cost| cost.parse().ok())
            .is_some_and(|cost: u32| cost < 10)
        {
            reader.refuse(var::BCRYPT_COST, "must be at least 10 in production");
        }
        if reader.given(var::ADMIN_PASSWORD).is_some() && reader.given(var::ADMIN_EMAIL).is_none() {
            reader.refuse(var::ADMIN_EMAIL, "must be set where ADMIN_PASSWORD is");
        }
    }
}

/// Whether a secret was plainly not drawn at random.
fn is_weak(secret: &str) -> bool {
    let lower = secret.to_lowercase();
    let telling = ["change", "example", "secret", "password", "your-", "insert", "placeholder"];
    let distinct: std::collections::BTreeSet<_> = secret.chars().collect();
    distinct.len() < 8 || telling.iter().any(|word| lower.contains(word))
}

impl Server {
    fn read(reader: &mut Reader) -> Option<Self> {
        let host = reader.parse(var::HOST, |text| {
            let text = if text == "localhost" { "127.0.0.1" } else { text };
            text.parse::<IpAddr>()
                .map_err(|_| "must be an IP address such as 127.0.0.1 or 0.0.0.0".to_owned())
        });
        let port = reader.parse(var::PORT, number(0, u16::MAX));
        let given_public_url = reader.optional(var::PUBLIC_URL, |text| {
            let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
            let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['?', '#', ' ', '"', '<']));
            let url = text.trim_end_matches('/').to_owned();
            if good { Ok(url) } else { Err("must be a URL such as https://cinema.example.com".to_owned()) }
        });
        let proxies = reader.optional(var::TRUSTED_PROXIES, |text| {
            text.split(',').map(|proxy| network(proxy.trim())).collect::<Result<Vec<_>, _>>()
        });
        let trusted_proxies = TrustedProxies(proxies.unwrap_or_default());
        Some(Self { address: SocketAddr::new(host?, port?), given_public_url, trusted_proxies })
    }

    /// Where people reach the service. On a desk another port is chosen without thinking of links; they follow it.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.given_public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", self.address.port()))
    }
}

impl Database {
    fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.optional(var::DATABASE_URL, |text| {
            let good =
                ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| text.starts_with(scheme));
            if good { Ok(text.into()) } else { Err("must begin with postgres:// or sqlite://".to_owned()) }
        });
        let max_connections = reader.parse(var::DATABASE_MAX_CONNECTIONS, number(1, 1_000));
        Some(Self { url, max_connections: max_connections? })
    }
}

impl Mail {
    fn read(reader: &mut Reader, production: bool) -> Option<Self> {
        let smtp_url = reader.optional(var::SMTP_URL, |text| {
            let known = mail::SmtpUrl::parse(text).map_err(|error| format!("is no mail server: {error}"))?;
            if production && known.shows_password {
                return Err(
                    "would show its password on the way: add ?tls=required, or use smtps://".to_owned()
                );
            }
            Ok(text.into())
        });
        let from = reader.parse(var::MAIL_FROM, |text| {
            text.parse().map_err(|_| "must look like Movie Theater <no-reply@example.com>".to_owned())
        });
        let authority = reader.optional(var::SMTP_CA_FILE, |path| {
            let text =
                std::fs::read_to_string(path).map_err(|_| "must name a file that can be read".to_owned())?;
            let good = text.contains("-----BEGIN CERTIFICATE-----");
            if good { Ok(text) } else { Err("must name a file of certificates in PEM form".to_owned()) }
        });
        Some(Self { smtp_url, authority, from: from? })
    }
}

impl Accounts {
    fn read(reader: &mut Reader, production: bool) -> Option<Self> {
        let long_enough = |text: &str| {
            let short = || format!("must have at least {MIN_SECRET_BYTES} bytes");
            if text.len() < MIN_SECRET_BYTES { Err(short()) } else { Ok(SecretString::from(text)) }
        };
        let secret_key = reader.optional(var::SECRET_KEY, long_enough);
        let fallbacks = reader.optional(var::SECRET_KEY_FALLBACKS, |text| {
            text.split(',').map(|key| long_enough(key.trim())).collect::<Result<Vec<_>, _>>()
        });
        let bcrypt_cost = reader.parse(var::BCRYPT_COST, number(4, 31));
        let access = reader.parse(var::ACCESS_TOKEN_TTL, span);
        let idle = reader.parse(var::SESSION_IDLE_TTL, span);
        let max = reader.parse(var::SESSION_MAX_TTL, span);
        let activation = reader.parse(var::ACTIVATION_TOKEN_TTL, span);
        let reset = reader.parse(var::PASSWORD_RESET_TOKEN_TTL, span);
        let hide_accounts = reader.parse(var::HIDE_ACCOUNTS, yes_or_no);
        let pending = reader.parse(var::PENDING_ACCOUNT_TTL, span);
        let first_admin = Self::first_admin(reader, production);
        Some(Self {
            secret_key,
            secret_key_fallbacks: fallbacks.unwrap_or_default(),
            bcrypt_cost: bcrypt_cost?,
            settings: AccountSettings {
                access_token_ttl: access?,
                session: SessionLifetime { idle: idle?, max: max? },
                activation_token_ttl: activation?,
                password_reset_token_ttl: reset?,
                hide_accounts: hide_accounts?,
            },
            pending_account_ttl: pending?,
            first_admin,
        })
    }

    fn first_admin(reader: &mut Reader, production: bool) -> Option<FirstAdmin> {
        let email = |text: &str| Email::parse(text).map_err(|_| "must be an address".to_owned());
        let given = reader.optional(var::ADMIN_EMAIL, email);
        let password = reader.optional(var::ADMIN_PASSWORD, |text| {
            Password::parse(text).map_err(|rules| {
                let rules: Vec<_> = rules.iter().map(ToString::to_string).collect();
                format!("is no good password: {}", rules.join(" "))
            })
        });
        let default = || if production { None } else { Email::parse("admin@theater.local").ok() };
        Some(FirstAdmin { email: given.or_else(default)?, password })
    }
}

impl S3 {
    /// The object store, if one is named; `None` where something is wrong with it.
    #[expect(clippy::option_option, reason = "nothing wrong and nothing configured are two things")]
    fn read(reader: &mut Reader) -> Option<Option<Self>> {
        let url = |text: &str| {
            let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
            let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['?', '#', ' ', '"', '<']));
            let url = text.trim_end_matches('/').to_owned();
            if good { Ok(url) } else { Err("must be a URL such as https://s3.example.com".to_owned()) }
        };
        let text = |text: &str| Ok(text.to_owned());
        let endpoint = reader.optional(var::S3_ENDPOINT, url);
        let public_url = reader.optional(var::S3_PUBLIC_URL, url);
        let region = reader.parse(var::S3_REGION, text);
        let bucket = reader.parse(var::S3_BUCKET, |text| {
            let allowed =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
            let good = (3..=63).contains(&text.len()) && text.bytes().all(allowed);
            if good { Ok(text.to_owned()) } else { Err("must be 3 to 63 of a-z, 0-9, - and .".to_owned()) }
        });
        let key = reader.optional(var::S3_ACCESS_KEY_ID, text);
        let secret = reader.optional(var::S3_SECRET_ACCESS_KEY, text);
        if reader.given(var::S3_ENDPOINT).is_none() {
            for variable in [var::S3_ACCESS_KEY_ID, var::S3_SECRET_ACCESS_KEY, var::S3_PUBLIC_URL] {
                if reader.given(variable).is_some() {
                    reader.refuse(var::S3_ENDPOINT, format!("must be set where {} is", variable.name));
                    return None;
                }
            }
            return Some(None);
        }
        for (variable, value) in [(var::S3_ACCESS_KEY_ID, &key), (var::S3_SECRET_ACCESS_KEY, &secret)] {
            if value.is_none() {
                reader.refuse(variable, "must be set where S3_ENDPOINT is");
            }
        }
        Some(Some(Self {
            endpoint: endpoint?,
            region: region?,
            bucket: bucket?,
            access_key_id: key?,
            secret_access_key: secret?.into(),
            public_url,
        }))
    }
}

impl Limits {
    fn read(reader: &mut Reader) -> Option<Self> {
        let on = reader.parse(var::RATE_LIMIT, yes_or_no);
        // Every limit is read before any is missed, so that all errors are told at once.
        let login_per_account = reader.parse(var::RATE_LIMIT_LOGIN_PER_ACCOUNT, limit);
        let login_per_network = reader.parse(var::RATE_LIMIT_LOGIN_PER_ADDRESS, limit);
        let mail_per_recipient = reader.parse(var::RATE_LIMIT_MAIL_PER_RECIPIENT, limit);
        let mail_per_network = reader.parse(var::RATE_LIMIT_MAIL_PER_ADDRESS, limit);
        let refresh_per_session = reader.parse(var::RATE_LIMIT_REFRESH_PER_SESSION, limit);
        let redis_url = reader.optional(var::REDIS_URL, |text| {
            let known = SharedCounter::new(text).map_err(|error| format!("is no Redis server: {error}"));
            known.map(|_| text.into())
        });
        let rules = LimitRules {
            login_per_account: login_per_account?,
            login_per_network: login_per_network?,
            mail_per_recipient: mail_per_recipient?,
            mail_per_network: mail_per_network?,
            refresh_per_session: refresh_per_session?,
        };
        Some(Self { rules: on?.then_some(rules), redis_url })
    }
}

impl Logging {
    fn read(reader: &mut Reader, production: bool) -> Option<Self> {
        let filter = reader.parse(var::RUST_LOG, |text| {
            let readable = EnvFilter::builder().parse(text).is_ok();
            if readable {
                Ok(text.to_owned())
            } else {
                Err("must be levels such as info or info,sqlx=warn".to_owned())
            }
        });
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let format = reader.optional(var::LOG_FORMAT, one_of(&formats));
        let default = if production { LogFormat::Json } else { LogFormat::Text };
        Some(Self { filter: filter?, format: format.unwrap_or(default) })
    }
}

#[cfg(test)]
mod tests;
