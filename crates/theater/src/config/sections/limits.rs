use application::accounts::LimitRules;
use domain::rate_limit::Limit;
use limits::SharedCounter;
use secrecy::SecretString;

use crate::config::{
    reader::{ConfigError, Reader, limit, yes_or_no},
    variables as var,
};

/// Rate limits.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Limits of logins, emails and refreshes; `None` if rate limits are off.
    pub rules: Option<LimitRules>,
    /// Limit of avatar uploads by one user; `None` if rate limits are off.
    pub avatars_per_user: Option<Limit>,
    /// The Redis server of the shared counters; `None` if each process has its own.
    pub redis_url: Option<SecretString>,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, ConfigError> {
        let on = reader.parse(var::RATE_LIMIT, yes_or_no)?;
        let rules = LimitRules {
            login_per_account: reader.parse(var::RATE_LIMIT_LOGIN_PER_ACCOUNT, limit)?,
            login_per_network: reader.parse(var::RATE_LIMIT_LOGIN_PER_ADDRESS, limit)?,
            mail_per_recipient: reader.parse(var::RATE_LIMIT_MAIL_PER_RECIPIENT, limit)?,
            mail_per_network: reader.parse(var::RATE_LIMIT_MAIL_PER_ADDRESS, limit)?,
            refresh_per_session: reader.parse(var::RATE_LIMIT_REFRESH_PER_SESSION, limit)?,
        };
        let avatars_per_user = reader.parse(var::RATE_LIMIT_AVATARS_PER_USER, limit)?;
        let redis_url = reader.optional(var::REDIS_URL, |text| {
            let known = SharedCounter::new(text).map_err(|error| format!("is not a Redis URL: {error}"));
            known.map(|_| text.into())
        });
        Ok(Self { rules: on.then_some(rules), avatars_per_user: on.then_some(avatars_per_user), redis_url })
    }
}
