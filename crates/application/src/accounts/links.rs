use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{AccountUnit, LinkKind, LinkToken, NewLinkToken, PasswordHash, TokenNonce, UserId},
    store::StoreError,
};

use super::{AccountMessage, Accounts};

/// Minimum interval between two requested emails of one kind to one account.
const COOLDOWN: Duration = Duration::minutes(1);

/// Whether the last token is old enough to send another email.
pub(super) fn has_cooled_down(last: Option<&LinkToken>, now: DateTime<Utc>) -> bool {
    last.is_none_or(|token| now.signed_duration_since(token.issued_at) >= COOLDOWN)
}

impl Accounts {
    /// Issues a link and enqueues its email. It replaces the previous link of its kind and, for an activation, of the registration
    /// with this password.
    pub(super) async fn send_link(
        &self,
        unit: &dyn AccountUnit,
        kind: LinkKind,
        user_id: UserId,
        password_hash: Option<PasswordHash>,
        issued_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let ttl = match kind {
            LinkKind::Activation => self.settings.activation_token_ttl,
            LinkKind::PasswordReset => self.settings.password_reset_token_ttl,
        };
        let nonce = TokenNonce(self.randomness.bits128());
        let digest = self.mail_tokens.digest(&self.mail_tokens.make(kind, nonce));
        let expires_at = issued_at + ttl;
        let token = NewLinkToken { user_id, nonce, digest, issued_at, expires_at, password_hash };
        let id = unit.link_tokens().issue(kind, &token).await?;
        let message = match kind {
            LinkKind::Activation => AccountMessage::SendActivation(id),
            LinkKind::PasswordReset => AccountMessage::SendPasswordReset(id),
        };
        unit.outbox().post(message.into()).await
    }
}
