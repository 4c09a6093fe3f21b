use std::fmt;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::{PasswordHash, UserId};

/// What the link of a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// Confirming an address.
    Activation,
    /// Choosing a new password.
    PasswordReset,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Activation, Self::PasswordReset];
}

/// Names one token's row among those of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkTokenId(pub i64);

/// 128 random bits that belong to one token's row. The token itself is derived from it with a key that the store
/// does not hold, so reading the store gives nobody a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenNonce(pub [u8; 16]);

/// The SHA-256 digest of a mailed token: enough to recognise the token, useless to make one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenDigest(pub [u8; 32]);

/// A token as it stands in a mail's link. Its `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct MailedToken(SecretString);

/// The token of a link that is about to be stored.
#[derive(Clone, Debug)]
pub struct NewLinkToken {
    /// Whose mail it proves to be read.
    pub user_id: UserId,
    /// From what it is derived.
    pub nonce: TokenNonce,
    /// By what it is recognised.
    pub digest: TokenDigest,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
    /// The password that was chosen with the registration that this token activates; for a reset there is none yet.
    pub password_hash: Option<PasswordHash>,
}

/// The stored token of a link: proof, once, that its bearer reads the account's mail.
#[derive(Clone, Debug)]
pub struct LinkToken {
    /// Its row.
    pub id: LinkTokenId,
    /// Whose mail it proves to be read.
    pub user_id: UserId,
    /// From what it is derived.
    pub nonce: TokenNonce,
    /// By what it is recognised.
    pub digest: TokenDigest,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
}

impl MailedToken {
    /// Wraps a token that was derived or that somebody presents.
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
