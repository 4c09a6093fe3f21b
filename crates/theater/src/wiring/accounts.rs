use std::sync::Arc;

use anyhow::Context;
use application::accounts::{AccountJobs, AccountRetention, Accounts, Limits};
use domain::mail::Mailer;
use persistence::AccountStore;
use security::{BcryptHasher, HmacMailTokens, JwtSessionTokens};

use super::Foundation;
use crate::config::Config;

/// The use cases of the accounts, their jobs and their retention.
pub(super) struct AccountParts {
    pub(super) accounts: Accounts,
    pub(super) jobs: AccountJobs,
    pub(super) retention: AccountRetention,
    pub(super) hasher: Arc<BcryptHasher>,
}

pub(super) fn wire(
    foundation: &Foundation,
    config: &Config,
    mailer: Arc<dyn Mailer>,
) -> anyhow::Result<AccountParts> {
    let Foundation { database, clock, randomness, keys, limiter } = foundation;
    let store = Arc::new(AccountStore::new(database.clone()));
    let hasher = BcryptHasher::start(config.accounts.bcrypt_cost, config.accounts.hashing_max_wait);
    let hasher = Arc::new(hasher.context("no thread can be started")?);
    let accounts = Accounts {
        store: store.clone(),
        queries: store.clone(),
        hasher: hasher.clone(),
        session_tokens: Arc::new(JwtSessionTokens::new(keys, randomness.clone())),
        mail_tokens: Arc::new(HmacMailTokens::new(keys)),
        clock: clock.clone(),
        randomness: randomness.clone(),
        limits: Limits { limiter: limiter.clone(), rules: config.limits.rules },
        settings: config.accounts.settings,
    };
    let jobs = AccountJobs { accounts: accounts.clone(), mailer };
    let pending_account_ttl = config.accounts.pending_account_ttl;
    let retention = AccountRetention { store, clock: clock.clone(), pending_account_ttl };
    Ok(AccountParts { accounts, jobs, retention, hasher })
}
