//! The declarations of all configuration variables.

/// A configuration variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The name in the environment.
    pub name: &'static str,
    /// The default, or a description of it if it depends on the environment; empty if there is none.
    pub default: &'static str,
    /// A description of one line.
    pub meaning: &'static str,
    /// The heading of its group.
    pub section: &'static str,
}

impl Variable {
    /// Returns the name of the variable that holds the path of a file with this secret; `None` if this is not a secret.
    #[must_use]
    pub fn file(&self) -> Option<String> {
        SECRETS.iter().any(|secret| secret.name == self.name).then(|| format!("{}_FILE", self.name))
    }
}

/// The variables whose value is or contains a secret.
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
            /// See [`Variable::meaning`].
            pub const $name: Variable =
                Variable { name: stringify!($name), default: $default, meaning: $meaning, section: $section };
        )+)+

        /// All variables, in the order of the declarations.
        pub const ALL: &[Variable] = &[$($($name),+),+];
    };
}

variables! {
    "The service" {
        APP_ENV = "development": "development or production; production refuses to start with a weak configuration.";
        HOST = "127.0.0.1": "The address to listen on; 0.0.0.0 for all.";
        PORT = "8000": "The TCP port to listen on; 0 for any free one.";
        PUBLIC_URL = "http://localhost:8000": "The public URL of the service: the base of every link in emails.";
        HOME_URL = "": "The home page of the cinema, which the pages of emailed links link to; without it they have no such link.";
        DATA_DIR = "./data": "The folder of the embedded database, the mailbox and the generated secret.";
        SAMPLE_DATA = "on in development": "on or off: load the sample catalogue into an empty database.";
        CORS_ALLOWED_ORIGINS = "": "Comma-separated origins whose pages may call the API from a browser, such as https://cinema.example.com; * for any, in development.";
        MAX_CONNECTIONS = "10000": "The maximum number of open connections of one process; further ones wait until one is closed.";
        SHUTDOWN_DELAY = "0s; 3s in production": "How long the service, not ready any more, continues to serve after a stop signal, so that load balancers stop sending requests.";
        WORKER = "in-process": "in-process, or off if `theater worker` runs beside this process.";
    }
    "The database" {
        DATABASE_URL = "": "postgres://user:password@host/database or sqlite://path; without it, SQLite in DATA_DIR.";
        DATABASE_START_TIMEOUT = "30s": "How long a start waits for a database that does not respond yet.";
        DATABASE_MAX_CONNECTIONS = "10": "The maximum number of database connections of one process.";
        ALLOW_SQLITE = "false": "true or false: let production run on SQLite.";
    }
    "The catalogue" {
        CATALOGUE_CACHE_SIZE = "32": "The maximum size of the response cache of one process, in mebibytes; 0 turns it off.";
        CATALOGUE_CACHE_MAX_AGE = "10s": "The maximum age of a cached response, for the case that a change notification is lost.";
    }
    "Pictures" {
        S3_ENDPOINT = "": "The object store (MinIO or any S3), such as http://localhost:9000; without it, pictures are stored in DATA_DIR.";
        S3_REGION = "us-east-1": "The region of the object store.";
        S3_BUCKET = "theater": "The bucket, created if it is missing.";
        S3_ACCESS_KEY_ID = "": "The identifier of the access key.";
        S3_SECRET_ACCESS_KEY = "": "The secret of the access key.";
        S3_PUBLIC_URL = "": "The base URL of objects that need no signature; without it, URLs are signed and point to S3_ENDPOINT.";
    }
    "Mail" {
        SMTP_URL = "": "smtp://user:password@host:587?tls=required or smtps://user:password@host; without it, emails go to /dev/mailbox.";
        SMTP_CA_FILE = "": "The path of a PEM file with certificates of an additional authority that is trusted for the mail server.";
        DEV_MAILBOX = "local": "local or open: whether only this machine or also others can read /dev/mailbox. It contains the links of every account.";
        MAIL_FROM = "Movie Theater <no-reply@localhost>": "The sender of all emails.";
    }
    "Secrets" {
        SECRET_KEY = "": "At least 32 bytes from which every key is derived; without it, one is generated into DATA_DIR.";
        SECRET_KEY_FALLBACKS = "": "Comma-separated earlier values of SECRET_KEY that are still accepted.";
    }
    "Accounts" {
        BCRYPT_COST = "12": "The cost of a password hash, 4 to 31; each step doubles its time.";
        HASHING_MAX_WAIT = "5s": "The maximum expected wait for hashing a password; a request that would wait longer gets 503 at once.";
        ACCESS_TOKEN_TTL = "15m": "The lifetime of an access token.";
        SESSION_IDLE_TTL = "7d": "The lifetime of a session without a refresh.";
        SESSION_MAX_TTL = "30d": "The maximum lifetime of a session.";
        ACTIVATION_TOKEN_TTL = "24h": "The lifetime of the link in an activation email.";
        PASSWORD_RESET_TOKEN_TTL = "24h": "The lifetime of the link in a password reset email.";
        HIDE_ACCOUNTS = "false": "true or false: answer every registration alike and notify the owner of a registered address by email.";
        PENDING_ACCOUNT_TTL = "30d": "The age at which an account that was never activated is deleted.";
        ADMIN_EMAIL = "admin@theater.local in development": "The email address of the first administrator, created if there is none.";
        ADMIN_PASSWORD = "": "The first administrator's password; without it, one is generated and printed once.";
    }
    "Rate limits" {
        RATE_LIMIT = "on": "on or off: whether rate limits apply.";
        RATE_LIMIT_LOGIN_PER_ACCOUNT = "10/1m": "Logins with a wrong password into one account, from all addresses together.";
        RATE_LIMIT_LOGIN_PER_ADDRESS = "100/1m": "Logins from one client address, or one /64 network of IPv6.";
        RATE_LIMIT_MAIL_PER_RECIPIENT = "5/1h": "Registrations, activation emails and password reset emails, each counted separately, for one email address.";
        RATE_LIMIT_MAIL_PER_ADDRESS = "60/1h": "The same, from one client address.";
        RATE_LIMIT_REFRESH_PER_SESSION = "60/1m": "Refreshes of one session.";
        RATE_LIMIT_AVATARS_PER_USER = "10/1m": "Uploads of pictures by one user.";
        REDIS_URL = "": "redis://user:password@host:6379 or rediss://…; without it, each process counts separately.";
        TRUSTED_PROXIES = "": "Comma-separated addresses or networks (10.0.0.0/8) of reverse proxies whose X-Forwarded-For is trusted.";
    }
    "Observation" {
        RUST_LOG = "info,actix_server=warn,apalis_core=warn,sea_orm_migration=warn": "What is logged: error, warn, info, debug or trace, and by module.";
        LOG_FORMAT = "text; json in production": "text or json.";
        METRICS_ADDR = "127.0.0.1:9100": "The IP address and port that serve /metrics to Prometheus; off to serve none.";
        OTEL_EXPORTER_OTLP_ENDPOINT = "": "The OpenTelemetry collector (OTLP over HTTP) that traces are sent to, such as http://localhost:4318; without it, none are recorded.";
    }
}
