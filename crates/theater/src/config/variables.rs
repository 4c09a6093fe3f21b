//! Every variable there is.

/// A variable: its name, what it is without being set, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// As it stands in the environment.
    pub name: &'static str,
    /// What counts where it is not set; empty where there is nothing.
    pub default: &'static str,
    /// One line.
    pub meaning: &'static str,
    /// Under which heading it stands.
    pub section: &'static str,
}

impl Variable {
    /// The variable that names a file with the value of this one: secrets are handed to containers so.
    #[must_use]
    pub fn file(&self) -> Option<String> {
        SECRETS.iter().any(|secret| secret.name == self.name).then(|| format!("{}_FILE", self.name))
    }
}

/// The variables that hold a secret, by themselves or within a URL.
const SECRETS: &[Variable] = &[
    DATABASE_URL,
    S3_ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY,
    SMTP_URL,
    SECRET_KEY,
    SECRET_KEY_FALLBACKS,
    ADMIN_PASSWORD,
    REDIS_URL,
];

macro_rules! variables {
    ($($section:literal { $($name:ident = $default:literal: $meaning:literal;)+ })+) => {
        $($(
            /// See its meaning.
            pub const $name: Variable =
                Variable { name: stringify!($name), default: $default, meaning: $meaning, section: $section };
        )+)+

        /// All of them, in the order in which they are explained.
        pub const ALL: &[Variable] = &[$($($name),+),+];
    };
}

variables! {
    "The service" {
        APP_ENV = "development": "development or production; production refuses to start with a weak configuration.";
        HOST = "127.0.0.1": "The address to listen on; 0.0.0.0 for all.";
        PORT = "8000": "The TCP port to listen on; 0 for any free one.";
        PUBLIC_URL = "http://localhost:8000": "Where people reach the service: the base of every link in mails.";
        HOME_URL = "": "The home page of the cinema, which the pages of emailed links lead to; without it they have no such link.";
        DATA_DIR = "./data": "The folder of the embedded database, the mailbox and the generated secret.";
        SAMPLE_DATA = "on in development": "on or off: load the sample catalogue into an empty database.";
        CORS_ALLOWED_ORIGINS = "": "Origins whose pages may call the API from a browser, such as https://cinema.example.com, between commas; * for any, in development.";
        MAX_CONNECTIONS = "10000": "The most connections of one process at a time; further ones wait until one is closed.";
        SHUTDOWN_DELAY = "0s; 3s in production": "How long a service that is asked to stop still serves, not ready any more, so that load balancers turn away.";
        WORKER = "in-process": "in-process, or off where `theater worker` runs beside this process.";
    }
    "The database" {
        DATABASE_URL = "": "postgres://user:password@host/database or sqlite://path; without it, SQLite in DATA_DIR.";
        DATABASE_START_TIMEOUT = "30s": "How long a start waits for a database that does not answer yet.";
        DATABASE_MAX_CONNECTIONS = "10": "The most connections of one process.";
        ALLOW_SQLITE = "false": "true or false: let production run on SQLite.";
    }
    "The catalogue" {
        CATALOGUE_CACHE_SIZE = "32": "The most mebibytes of finished replies that one process keeps; 0 for none.";
        CATALOGUE_CACHE_MAX_AGE = "10s": "How old a kept reply may become where a change notification got lost.";
    }
    "Pictures" {
        S3_ENDPOINT = "": "The object store (MinIO or any S3), such as http://localhost:9000; without it, pictures are kept in DATA_DIR.";
        S3_REGION = "us-east-1": "Its region.";
        S3_BUCKET = "theater": "The bucket, made if it is missing.";
        S3_ACCESS_KEY_ID = "": "The access key.";
        S3_SECRET_ACCESS_KEY = "": "Its secret.";
        S3_PUBLIC_URL = "": "Where callers get objects without a signature; without it, URLs are signed and name S3_ENDPOINT.";
    }
    "Mail" {
        SMTP_URL = "": "smtp://user:password@host:587?tls=required or smtps://user:password@host; without it, /dev/mailbox.";
        SMTP_CA_FILE = "": "Certificates (PEM) of another authority that the mail server's certificate may come from.";
        DEV_MAILBOX = "local": "local or open: whether /dev/mailbox answers this machine only, or others too. It holds the links of every account.";
        MAIL_FROM = "Movie Theater <no-reply@localhost>": "Whom letters come from.";
    }
    "Secrets" {
        SECRET_KEY = "": "At least 32 bytes from which every key is derived; without it, one is generated into DATA_DIR.";
        SECRET_KEY_FALLBACKS = "": "Earlier values of SECRET_KEY that are still recognised, between commas.";
    }
    "Accounts" {
        BCRYPT_COST = "12": "The cost of a password hash, 4 to 31; each step doubles its time.";
        HASHING_MAX_WAIT = "5s": "A caller who has to expect a longer wait for hashing a password gets 503 at once.";
        ACCESS_TOKEN_TTL = "15m": "How long an access token lives.";
        SESSION_IDLE_TTL = "7d": "How long a session lives without being refreshed.";
        SESSION_MAX_TTL = "30d": "How long a session lives at most.";
        ACTIVATION_TOKEN_TTL = "24h": "How long the link of an activation mail works.";
        PASSWORD_RESET_TOKEN_TTL = "24h": "How long the link of a password reset mail works.";
        HIDE_ACCOUNTS = "false": "true or false: answer every registration alike and tell the owner of a taken address by mail.";
        PENDING_ACCOUNT_TTL = "30d": "How long an account that was never activated is kept.";
        ADMIN_EMAIL = "admin@theater.local in development": "The first administrator, made where there is none.";
        ADMIN_PASSWORD = "": "The first administrator's password; without it, one is generated and printed once.";
    }
    "Rate limits" {
        RATE_LIMIT = "on": "on or off: whether anything is limited.";
        RATE_LIMIT_LOGIN_PER_ACCOUNT = "10/1m": "Logins with a wrong password into one account, from everywhere together.";
        RATE_LIMIT_LOGIN_PER_ADDRESS = "100/1m": "Logins from one client address, or one /64 network of IPv6.";
        RATE_LIMIT_MAIL_PER_RECIPIENT = "5/1h": "Registrations, activation mails and reset mails, each kind, for one address of mail.";
        RATE_LIMIT_MAIL_PER_ADDRESS = "60/1h": "The same, from one client address.";
        RATE_LIMIT_REFRESH_PER_SESSION = "60/1m": "Refreshes of one session.";
        RATE_LIMIT_AVATARS_PER_USER = "10/1m": "Uploads of pictures by one user.";
        REDIS_URL = "": "redis://user:password@host:6379 or rediss://…; without it, each process counts by itself.";
        TRUSTED_PROXIES = "": "Addresses or networks (10.0.0.0/8) of reverse proxies, between commas, whose X-Forwarded-For counts.";
    }
    "Observation" {
        RUST_LOG = "info,actix_server=warn,apalis_core=warn,sea_orm_migration=warn": "What is logged: error, warn, info, debug or trace, and by module.";
        LOG_FORMAT = "text; json in production": "text or json.";
        METRICS_ADDR = "127.0.0.1:9100": "Where Prometheus reads /metrics, an IP address and a port; off for nowhere.";
        OTEL_EXPORTER_OTLP_ENDPOINT = "": "An OpenTelemetry collector (OTLP over HTTP) that traces are sent to, such as http://localhost:4318; without it, none are made.";
    }
}
