use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{LinkKind, LinkTokenId, NewLinkToken, TokenNonce, UserId},
    ports::{StoreError, UnitOfWork},
};

use super::Accounts;

/// How long a person is left alone after a letter of a kind, whoever asks for another one.
const COOLDOWN: Duration = Duration::minutes(1);

impl Accounts {
    /// Issues a token of this kind in the place of any that the account had.
    pub(super) async fn issue_link(
        &self,
        unit: &dyn UnitOfWork,
        kind: LinkKind,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<LinkTokenId, StoreError> {
        let ttl = match kind {
            LinkKind::Activation => self.settings.activation_token_ttl,
            LinkKind::PasswordReset => self.settings.password_reset_token_ttl,
        };
        let nonce = TokenNonce(self.randomness.bits128());
        let digest = self.mail_tokens.digest(&self.mail_tokens.make(kind, nonce));
        let token = NewLinkToken { user_id: user, nonce, digest, issued_at: now, expires_at: now + ttl };
        unit.link_tokens().issue(kind, &token).await
    }

    /// The same, unless the account was given one a moment ago.
    pub(super) async fn issue_link_after_cooldown(
        &self,
        unit: &dyn UnitOfWork,
        kind: LinkKind,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<LinkTokenId>, StoreError> {
        let last = unit.link_tokens().live(kind, user).await?;
        if last.is_some_and(|token| now.signed_duration_since(token.issued_at) < COOLDOWN) {
            return Ok(None);
        }
        self.issue_link(unit, kind, user, now).await.map(Some)
    }
}
