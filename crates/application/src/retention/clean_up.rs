use std::fmt;

use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::LinkKind,
    ports::{RetentionStore, StoreError},
};

use super::Retention;
use crate::profiles::sweep_uploads;

/// Maximum number of rows that one unit of work removes.
const BATCH: u64 = 1_000;

/// How long a network stays known after the last login from it.
const NETWORK_TTL: Duration = Duration::days(90);

/// Number of removed rows and pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CleanedUp {
    /// Tokens of activation links.
    pub activation_tokens: u64,
    /// Tokens of password reset links.
    pub password_reset_tokens: u64,
    /// Sessions.
    pub sessions: u64,
    /// Networks without a login in the last 90 days.
    pub networks: u64,
    /// Accounts that were never activated.
    pub accounts: u64,
    /// Pictures that no profile shows.
    pub pictures: u64,
}

impl fmt::Display for CleanedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { activation_tokens, password_reset_tokens, sessions, networks, accounts, pictures } = self;
        write!(
            f,
            "{activation_tokens} activation tokens, {password_reset_tokens} password reset tokens, {sessions} sessions, \
             {networks} networks of old logins, {accounts} accounts that were never activated, {pictures} unused pictures"
        )
    }
}

/// Removes expired tokens and sessions, networks of old logins, unused pictures and accounts never activated, in batches.
///
/// # Errors
///
/// [`StoreError`]; rows removed before it stay removed.
pub async fn clean_up(retention: &Retention) -> Result<CleanedUp, StoreError> {
    let now = retention.clock.now();
    let store = &*retention.store;
    let registered_before = now - retention.pending_account_ttl;
    Ok(CleanedUp {
        activation_tokens: remove_all(store, Rows::Links(LinkKind::Activation), now).await?,
        password_reset_tokens: remove_all(store, Rows::Links(LinkKind::PasswordReset), now).await?,
        sessions: remove_all(store, Rows::Sessions, now).await?,
        networks: remove_all(store, Rows::Networks { last_seen_before: now - NETWORK_TTL }, now).await?,
        accounts: remove_all(store, Rows::PendingUsers { registered_before }, now).await?,
        pictures: sweep_uploads(&retention.profiles).await?,
    })
}

/// Rows to remove.
#[derive(Clone, Copy, Debug)]
enum Rows {
    Links(LinkKind),
    Sessions,
    Networks { last_seen_before: DateTime<Utc> },
    PendingUsers { registered_before: DateTime<Utc> },
}

/// Removes batches until one is not full.
async fn remove_all(store: &dyn RetentionStore, rows: Rows, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let batch = match rows {
            Rows::Links(kind) => store.remove_links(kind, now, BATCH).await?,
            Rows::Sessions => store.remove_sessions(now, BATCH).await?,
            Rows::Networks { last_seen_before } => store.remove_networks(last_seen_before, BATCH).await?,
            Rows::PendingUsers { registered_before } => {
                store.remove_pending_users(registered_before, now, BATCH).await?
            }
        };
        removed += batch;
        if batch < BATCH {
            return Ok(removed);
        }
    }
}
