use chrono::{DateTime, Utc};

use crate::accounts::{FamilyId, LinkKind, MailedToken, TokenDigest, TokenNonce, UserId};

/// What an access token says of its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who.
    pub user_id: UserId,
    /// By which login.
    pub family: FamilyId,
    /// The account's `token_version` when it was issued.
    pub token_version: i64,
    /// From when on.
    pub issued_at: DateTime<Utc>,
    /// Until when, at the latest.
    pub expires_at: DateTime<Utc>,
}

/// What a refresh token says. The same claims give the same token, so a successor can be handed out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshClaims {
    /// Who.
    pub user_id: UserId,
    /// Of which family.
    pub family: FamilyId,
    /// Its place in the family.
    pub generation: i64,
    /// From when on.
    pub issued_at: DateTime<Utc>,
    /// Until when, at the latest.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was ours and its time is over.
    #[error("the token has expired")]
    Expired,
    /// It is not ours, not of this kind, or was tampered with.
    #[error("the token is not valid")]
    Invalid,
}

/// Signs and reads the tokens of a session.
pub trait SessionTokens: Send + Sync {
    /// A new access token; no two are alike.
    fn access(&self, claims: &AccessClaims) -> String;

    /// The refresh token of these claims; always the same one.
    fn refresh(&self, claims: &RefreshClaims) -> String;

    /// Reads an access token.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    fn read_access(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenError>;

    /// Reads a refresh token.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    fn read_refresh(&self, token: &str, now: DateTime<Utc>) -> Result<RefreshClaims, TokenError>;
}

/// Makes and recognises the tokens of mailed links.
pub trait MailTokens: Send + Sync {
    /// The token of this kind and nonce, under the current key.
    fn make(&self, kind: LinkKind, nonce: TokenNonce) -> MailedToken;

    /// The token of this kind and nonce that has this digest, under whichever key made it; `None` when no key that is
    /// still configured did.
    fn recover(&self, kind: LinkKind, nonce: TokenNonce, digest: TokenDigest) -> Option<MailedToken>;

    /// By what a token is recognised.
    fn digest(&self, token: &MailedToken) -> TokenDigest;
}
