use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::accounts::{
    AccessClaims, FamilyId, HashingError, HashingPermit, LinkKind, MailTokens, MailedToken, Password,
    PasswordAttempt, PasswordHash, PasswordHasher, RefreshClaims, SessionTokens, TokenDigest, TokenError,
    TokenNonce, UserId, Verdict,
};

/// A hasher whose hash of `secret` is `plain:secret`, and of an older kind `old:secret`. It counts its work, so that
/// tests can compare the cost of different calls.
#[derive(Clone, Debug, Default)]
pub struct PlainHasher {
    hashed: Arc<AtomicUsize>,
    verified: Arc<AtomicUsize>,
    overloaded: Arc<std::sync::atomic::AtomicBool>,
}

impl PlainHasher {
    /// The number of hashed passwords and the number of verified ones.
    pub fn work(&self) -> (usize, usize) {
        (self.hashed.load(Ordering::Relaxed), self.verified.load(Ordering::Relaxed))
    }

    /// Makes every call fail as overloaded from now on.
    pub fn overload(&self) {
        self.overloaded.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl PasswordHasher for PlainHasher {
    async fn acquire(&self) -> Result<Box<dyn HashingPermit>, HashingError> {
        if self.overloaded.load(Ordering::Relaxed) {
            return Err(HashingError::Overloaded { retry_after: std::time::Duration::from_secs(5) });
        }
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl HashingPermit for PlainHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        self.hashed.fetch_add(1, Ordering::Relaxed);
        Ok(PasswordHash::new(format!("plain:{}", password.expose())))
    }

    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashingError> {
        self.verified.fetch_add(1, Ordering::Relaxed);
        let Some((kind, password)) = hash.and_then(|hash| hash.expose().split_once(':')) else {
            return Ok(Verdict::Wrong);
        };
        Ok(if password == attempt.expose() {
            Verdict::Right { outdated: kind == "old" }
        } else {
            Verdict::Wrong
        })
    }

    async fn renew(&self, attempt: &PasswordAttempt) -> Result<PasswordHash, HashingError> {
        Ok(PasswordHash::new(format!("plain:{}", attempt.expose())))
    }
}

/// Tokens with their claims in plain text.
#[derive(Debug, Default)]
pub struct PlainSessionTokens(AtomicUsize);

fn hex(family: FamilyId) -> String {
    format!("{:032x}", u128::from_be_bytes(family.0))
}

/// The parts of a token of this kind, if it is valid and has not expired.
fn parts(token: &str, kind: &str, now: DateTime<Utc>) -> Result<[i128; 5], TokenError> {
    let mut parts = token.split('.');
    if parts.next() != Some(kind) {
        return Err(TokenError::Invalid);
    }
    let number = |part: Option<&str>, radix| {
        part.and_then(|part| i128::from_str_radix(part, radix).ok()).ok_or(TokenError::Invalid)
    };
    let user = number(parts.next(), 10)?;
    let family =
        parts.next().and_then(|part| u128::from_str_radix(part, 16).ok()).ok_or(TokenError::Invalid)?;
    let (third, from, to) = (number(parts.next(), 10)?, number(parts.next(), 10)?, number(parts.next(), 10)?);
    if to <= i128::from(now.timestamp()) {
        return Err(TokenError::Expired);
    }
    Ok([user, family as i128, third, from, to])
}

fn timestamp(seconds: i128) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds as i64, 0).expect("a timestamp")
}

impl SessionTokens for PlainSessionTokens {
    fn access(&self, claims: &AccessClaims) -> String {
        let serial = self.0.fetch_add(1, Ordering::Relaxed);
        let AccessClaims { user_id, family, token_version, issued_at, expires_at } = claims;
        let (from, to) = (issued_at.timestamp(), expires_at.timestamp());
        format!("access.{}.{}.{token_version}.{from}.{to}.{serial}", user_id.0, hex(*family))
    }

    fn refresh(&self, claims: &RefreshClaims) -> String {
        let RefreshClaims { user_id, family, generation, issued_at, expires_at } = claims;
        let (from, to) = (issued_at.timestamp(), expires_at.timestamp());
        format!("refresh.{}.{}.{generation}.{from}.{to}", user_id.0, hex(*family))
    }

    fn read_access(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenError> {
        let [user, family, version, from, to] = parts(token, "access", now)?;
        Ok(AccessClaims {
            user_id: UserId(user as i64),
            family: FamilyId((family as u128).to_be_bytes()),
            token_version: version as i64,
            issued_at: timestamp(from),
            expires_at: timestamp(to),
        })
    }

    fn read_refresh(&self, token: &str, now: DateTime<Utc>) -> Result<RefreshClaims, TokenError> {
        let [user, family, generation, from, to] = parts(token, "refresh", now)?;
        Ok(RefreshClaims {
            user_id: UserId(user as i64),
            family: FamilyId((family as u128).to_be_bytes()),
            generation: generation as i64,
            issued_at: timestamp(from),
            expires_at: timestamp(to),
        })
    }
}

/// Mailed tokens with their nonce in plain text.
#[derive(Debug, Default)]
pub struct PlainMailTokens;

impl MailTokens for PlainMailTokens {
    fn make(&self, kind: LinkKind, nonce: TokenNonce) -> MailedToken {
        let kind = match kind {
            LinkKind::Activation => "activate",
            LinkKind::PasswordReset => "reset",
        };
        MailedToken::new(format!("{kind}-{}", u128::from_be_bytes(nonce.0)))
    }

    fn recover(&self, kind: LinkKind, nonce: TokenNonce, digest: TokenDigest) -> Option<MailedToken> {
        Some(self.make(kind, nonce)).filter(|token| self.digest(token) == digest)
    }

    fn digest(&self, token: &MailedToken) -> TokenDigest {
        let mut digest = [0; 32];
        for (index, byte) in token.expose().bytes().enumerate() {
            digest[index % 32] ^= byte.rotate_left((index / 32) as u32);
        }
        TokenDigest(digest)
    }
}
