use application::accounts::LimitRules;
use domain::ports::Limit;
use limits::SharedCounter;
use secrecy::SecretString;

use crate::config::{
    reader::{Reader, limit, yes_or_no},
    variables as var,
};

/// How much of what is everybody's share.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The limits; `None` where nothing is limited.
    pub rules: Option<LimitRules>,
    /// Uploads of pictures by one user; `None` where nothing is limited.
    pub avatars_per_user: Option<Limit>,
    /// The Redis server in which all processes count together; `None` where each counts by itself.
    pub redis_url: Option<SecretString>,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let on = reader.parse(var::RATE_LIMIT, yes_or_no);
        // Every limit is read before any is missed, so that all errors are told at once.
        let login_per_account = reader.parse(var::RATE_LIMIT_LOGIN_PER_ACCOUNT, limit);
        let login_per_network = reader.parse(var::RATE_LIMIT_LOGIN_PER_ADDRESS, limit);
        let mail_per_recipient = reader.parse(var::RATE_LIMIT_MAIL_PER_RECIPIENT, limit);
        let mail_per_network = reader.parse(var::RATE_LIMIT_MAIL_PER_ADDRESS, limit);
        let refresh_per_session = reader.parse(var::RATE_LIMIT_REFRESH_PER_SESSION, limit);
        let avatars_per_user = reader.parse(var::RATE_LIMIT_AVATARS_PER_USER, limit);
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
        let (on, avatars_per_user) = (on?, avatars_per_user?);
        Some(Self { rules: on.then_some(rules), avatars_per_user: on.then_some(avatars_per_user), redis_url })
    }
}
