use chrono::{DateTime, Utc};

use super::{FamilyId, LinkKind, MailedToken, TokenDigest, TokenNonce, UserId};

/// Claims of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// User of the token.
    pub user_id: UserId,
    /// Family of the session.
    pub family: FamilyId,
    /// The account's `token_version` at the time of issue.
    pub token_version: i64,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Expiry.
    pub expires_at: DateTime<Utc>,
}

/// Claims of a refresh token. The same claims give the same token, so a successor can be returned again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshClaims {
    /// User of the token.
    pub user_id: UserId,
    /// Family of the session.
    pub family: FamilyId,
    /// Generation of the token in its family.
    pub generation: i64,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Expiry.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is authentic and has expired.
    #[error("Token has expired.")]
    Expired,
    /// The token is not authentic, of another kind, or malformed.
    #[error("Invalid token.")]
    Invalid,
}

/// Signs and verifies the tokens of a session.
pub trait SessionTokens: Send + Sync {
    /// A new access token; every call returns a different one.
    fn access(&self, claims: &AccessClaims) -> String;

    /// The refresh token of these claims; every call returns the same one.
    fn refresh(&self, claims: &RefreshClaims) -> String;

    /// Verifies an access token and returns its claims.
    fn read_access(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenError>;

    /// Verifies a refresh token and returns its claims.
    fn read_refresh(&self, token: &str, now: DateTime<Utc>) -> Result<RefreshClaims, TokenError>;
}

/// Derives and recognises the tokens of mailed links.
pub trait MailTokens: Send + Sync {
    /// The token of this kind and nonce, under the current key.
    fn make(&self, kind: LinkKind, nonce: TokenNonce) -> MailedToken;

    /// The token of this kind and nonce that has this digest, under any configured key; `None` if no key matches.
    fn recover(&self, kind: LinkKind, nonce: TokenNonce, digest: TokenDigest) -> Option<MailedToken>;

    /// Digest by which a token is recognised.
    fn digest(&self, token: &MailedToken) -> TokenDigest;
}
