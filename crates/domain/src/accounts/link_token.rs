use std::fmt;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::{PasswordHash, UserId};

/// Purpose of a mailed link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// To confirm an email address.
    Activation,
    /// To set a new password.
    PasswordReset,
}

impl LinkKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Activation, Self::PasswordReset];
}

/// Identifier of a stored token, unique among the tokens of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkTokenId(pub i64);

/// 128 random bits of a stored token. The token itself is derived from them with a key that is not in the store, so read
/// access to the store reveals no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenNonce(pub [u8; 16]);

/// SHA-256 digest of a mailed token: enough to recognise the token, but not to derive it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenDigest(pub [u8; 32]);

/// A token as it appears in a mailed link. Its `Debug` output hides it.
#[derive(Clone, Debug)]
pub struct MailedToken(SecretString);

/// A token to be stored.
#[derive(Clone, Debug)]
pub struct NewLinkToken {
    /// User whose mailbox the token proves access to.
    pub user_id: UserId,
    /// Nonce from which the token is derived.
    pub nonce: TokenNonce,
    /// Digest by which the token is recognised.
    pub digest: TokenDigest,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Expiry; the token is rejected from this time on.
    pub expires_at: DateTime<Utc>,
    /// Password chosen with the registration that this token activates; `None` for a password reset.
    pub password_hash: Option<PasswordHash>,
}

/// A stored token. It proves once that its bearer has access to the mailbox of the account.
#[derive(Clone, Debug)]
pub struct LinkToken {
    /// Identifier of the token.
    pub id: LinkTokenId,
    /// User whose mailbox the token proves access to.
    pub user_id: UserId,
    /// Nonce from which the token is derived.
    pub nonce: TokenNonce,
    /// Digest by which the token is recognised.
    pub digest: TokenDigest,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Expiry; the token is rejected from this time on.
    pub expires_at: DateTime<Utc>,
}

impl MailedToken {
    /// Wraps a token that was derived or received from a client.
    #[must_use]
    pub fn new(token: String) -> Self {
        Self(token.into())
    }

    /// The token itself, for a link or for digesting.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}
