use application::accounts::AccountSettings;
use domain::accounts::{Email, Password, SessionLifetime};
use secrecy::SecretString;
use security::MIN_SECRET_BYTES;

use crate::config::{
    reader::{ConfigError, Reader, duration, number, short_duration, yes_or_no},
    variables as var,
};

/// The maximum of `HASHING_MAX_WAIT`.
const MAX_WAIT: std::time::Duration = std::time::Duration::from_mins(10);

/// Secret keys, passwords, tokens and the first administrator.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The secret from which every key is derived; `None` to generate one.
    pub secret_key: Option<SecretString>,
    /// Earlier secrets that are still accepted.
    pub secret_key_fallbacks: Vec<SecretString>,
    /// The bcrypt cost of a password hash, 4 to 31.
    pub bcrypt_cost: u32,
    /// The maximum expected wait for a permit to hash a password.
    pub hashing_max_wait: std::time::Duration,
    /// Lifetimes of tokens and sessions, and whether accounts are hidden.
    pub settings: AccountSettings,
    /// Age at which an account that was never activated is deleted.
    pub pending_account_ttl: chrono::Duration,
    /// The first administrator; `None` to create none.
    pub first_admin: Option<FirstAdmin>,
}

/// The administrator that is created if there is none.
#[derive(Clone, Debug)]
pub struct FirstAdmin {
    /// The email address.
    pub email: Email,
    /// The password; `None` to generate one.
    pub password: Option<Password>,
}

impl Accounts {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Result<Self, ConfigError> {
        let long_enough = |text: &str| {
            let short = || format!("must have at least {MIN_SECRET_BYTES} bytes");
            if text.len() < MIN_SECRET_BYTES { Err(short()) } else { Ok(SecretString::from(text)) }
        };
        let secret_key = reader.optional(var::SECRET_KEY, long_enough);
        let fallbacks = reader.optional(var::SECRET_KEY_FALLBACKS, |text| {
            text.split(',').map(|key| long_enough(key.trim())).collect::<Result<Vec<_>, _>>()
        });
        Ok(Self {
            secret_key,
            secret_key_fallbacks: fallbacks.unwrap_or_default(),
            bcrypt_cost: reader.parse(var::BCRYPT_COST, number(4, 31))?,
            hashing_max_wait: reader.parse(var::HASHING_MAX_WAIT, short_duration(MAX_WAIT))?,
            settings: AccountSettings {
                access_token_ttl: reader.parse(var::ACCESS_TOKEN_TTL, duration)?,
                session: SessionLifetime {
                    idle: reader.parse(var::SESSION_IDLE_TTL, duration)?,
                    max: reader.parse(var::SESSION_MAX_TTL, duration)?,
                },
                activation_token_ttl: reader.parse(var::ACTIVATION_TOKEN_TTL, duration)?,
                password_reset_token_ttl: reader.parse(var::PASSWORD_RESET_TOKEN_TTL, duration)?,
                hide_accounts: reader.parse(var::HIDE_ACCOUNTS, yes_or_no)?,
            },
            pending_account_ttl: reader.parse(var::PENDING_ACCOUNT_TTL, duration)?,
            first_admin: Self::first_admin(reader, production),
        })
    }

    fn first_admin(reader: &mut Reader, production: bool) -> Option<FirstAdmin> {
        let email = |text: &str| Email::parse(text).map_err(|_| "must be an email address".to_owned());
        let given = reader.optional(var::ADMIN_EMAIL, email);
        let password = reader.optional(var::ADMIN_PASSWORD, |text| {
            Password::parse(text).map_err(|rules| {
                let rules: Vec<_> = rules.iter().map(ToString::to_string).collect();
                format!("is not a valid password: {}", rules.join(" "))
            })
        });
        let default = || if production { None } else { Email::parse("admin@theater.local").ok() };
        Some(FirstAdmin { email: given.or_else(default)?, password })
    }
}
