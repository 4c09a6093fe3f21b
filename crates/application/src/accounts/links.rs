use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{
        AccountUnit, LinkKind, LinkToken, LinkTokenId, NewLinkToken, PasswordHash, TokenNonce, UserId,
    },
    store::StoreError,
};

use super::Accounts;

/// Minimum interval between two requested emails of one kind to one account.
const COOLDOWN: Duration = Duration::minutes(1);

/// Whether the last token is old enough to send another email.
pub(super) fn has_cooled_down(last: Option<&LinkToken>, now: DateTime<Utc>) -> bool {
    last.is_none_or(|token| now.signed_duration_since(token.issued_at) >= COOLDOWN)
}

impl Accounts {
    /// Issues an activation token for the registration with this password; it replaces the previous one.
    pub(super) async fn issue_activation(
        &self,
        unit: &dyn AccountUnit,
        user: UserId,
        password_hash: PasswordHash,
        now: DateTime<Utc>,
    ) -> Result<LinkTokenId, StoreError> {
        self.issue(unit, LinkKind::Activation, user, Some(password_hash), now).await
    }

    /// Issues a password reset token; it replaces the previous one of the account.
    pub(super) async fn issue_password_reset(
        &self,
        unit: &dyn AccountUnit,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<LinkTokenId, StoreError> {
        self.issue(unit, LinkKind::PasswordReset, user, None, now).await
    }

    async fn issue(
        &self,
        unit: &dyn AccountUnit,
        kind: LinkKind,
        user_id: UserId,
        password_hash: Option<PasswordHash>,
        issued_at: DateTime<Utc>,
    ) -> Result<LinkTokenId, StoreError> {
        let ttl = match kind {
            LinkKind::Activation => self.settings.activation_token_ttl,
            LinkKind::PasswordReset => self.settings.password_reset_token_ttl,
        };
        let nonce = TokenNonce(self.randomness.bits128());
        let digest = self.mail_tokens.digest(&self.mail_tokens.make(kind, nonce));
        let expires_at = issued_at + ttl;
        let token = NewLinkToken { user_id, nonce, digest, issued_at, expires_at, password_hash };
        unit.link_tokens().issue(kind, &token).await
    }
}
