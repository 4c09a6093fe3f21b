use chrono::{DateTime, Utc};
use domain::accounts::{AccessClaims, RefreshClaims, Session};

use super::Accounts;

/// Tokens returned by a login or a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPair {
    /// Short-lived access token.
    pub access_token: String,
    /// Refresh token for the next pair.
    pub refresh_token: String,
    /// Lifetime of the access token in seconds.
    pub expires_in: i64,
}

impl Accounts {
    /// Returns a new access token and the refresh token of the session's current generation.
    pub(super) fn tokens_of(&self, session: &Session, now: DateTime<Utc>) -> TokenPair {
        let expires_at = (now + self.settings.access_token_ttl).min(session.max_expires_at);
        let access_token = self.session_tokens.access(&AccessClaims {
            user_id: session.user_id,
            family: session.family,
            token_version: session.token_version,
            issued_at: now,
            expires_at,
        });
        let refresh_token = self.session_tokens.refresh(&RefreshClaims {
            user_id: session.user_id,
            family: session.family,
            generation: session.generation,
            issued_at: session.last_used_at,
            expires_at: session.expires_at,
        });
        TokenPair { access_token, refresh_token, expires_in: (expires_at - now).num_seconds() }
    }
}
