use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::accounts::{LinkKind, MailTokens, MailedToken, TokenDigest, TokenNonce};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::KeyRing;

/// Mailed tokens as `HMAC-SHA-256(key, nonce)`. The store has only nonces and digests, from which no token can be derived
/// without the key.
#[derive(Clone, Debug)]
pub struct HmacMailTokens {
    activation: Vec<[u8; 32]>,
    password_reset: Vec<[u8; 32]>,
}

impl HmacMailTokens {
    /// Derives the keys.
    #[must_use]
    pub fn new(keys: &KeyRing) -> Self {
        Self {
            activation: keys.derive("mailed activation token"),
            password_reset: keys.derive("mailed password reset token"),
        }
    }

    fn keys(&self, kind: LinkKind) -> &[[u8; 32]] {
        match kind {
            LinkKind::Activation => &self.activation,
            LinkKind::PasswordReset => &self.password_reset,
        }
    }
}

impl MailTokens for HmacMailTokens {
    fn make(&self, kind: LinkKind, nonce: TokenNonce) -> MailedToken {
        self.keys(kind).first().map_or_else(|| MailedToken::new(String::new()), |key| token(key, nonce))
    }

    fn recover(&self, kind: LinkKind, nonce: TokenNonce, digest: TokenDigest) -> Option<MailedToken> {
        self.keys(kind).iter().map(|key| token(key, nonce)).find(|token| self.digest(token) == digest)
    }

    fn digest(&self, token: &MailedToken) -> TokenDigest {
        TokenDigest(Sha256::digest(token.expose().as_bytes()).into())
    }
}

fn token(key: &[u8; 32], nonce: TokenNonce) -> MailedToken {
    let tag = mac(key, &nonce.0);
    MailedToken::new(URL_SAFE_NO_PAD.encode(tag))
}

/// HMAC-SHA-256 (RFC 2104), which pads a key with zeros to its block size of 64 bytes.
pub(crate) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(current: &str, fallbacks: &[&str]) -> HmacMailTokens {
        let secret = |text: &str| text.repeat(32).into();
        let fallbacks: Vec<_> = fallbacks.iter().map(|text| secret(text)).collect();
        HmacMailTokens::new(&KeyRing::new(&secret(current), &fallbacks).unwrap())
    }

    #[test]
    fn a_token_is_the_same_each_time_it_is_derived() {
        let nonce = TokenNonce([1; 16]);
        assert_eq!(
            tokens("a", &[]).make(LinkKind::Activation, nonce).expose(),
            tokens("a", &[]).make(LinkKind::Activation, nonce).expose()
        );
    }

    #[test]
    fn another_nonce_or_another_key_gives_another_token() {
        let one = tokens("a", &[]).make(LinkKind::Activation, TokenNonce([1; 16]));
        assert_ne!(one.expose(), tokens("a", &[]).make(LinkKind::Activation, TokenNonce([2; 16])).expose());
        assert_ne!(one.expose(), tokens("b", &[]).make(LinkKind::Activation, TokenNonce([1; 16])).expose());
    }

    #[test]
    fn after_a_rotation_the_mailed_token_is_recovered() {
        let nonce = TokenNonce([3; 16]);
        let before = tokens("a", &[]);
        let digest = before.digest(&before.make(LinkKind::Activation, nonce));
        let recovered = tokens("b", &["a"]).recover(LinkKind::Activation, nonce, digest).unwrap();
        assert_eq!(recovered.expose(), before.make(LinkKind::Activation, nonce).expose());
        assert!(tokens("b", &[]).recover(LinkKind::Activation, nonce, digest).is_none());
    }

    #[test]
    fn a_token_has_256_bits_and_needs_no_escaping_in_a_link() {
        let token = tokens("a", &[]).make(LinkKind::Activation, TokenNonce([4; 16]));
        assert_eq!(token.expose().len(), 43);
        assert!(token.expose().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }

    #[test]
    fn a_token_of_one_kind_is_not_recovered_as_the_other() {
        let (tokens, nonce) = (tokens("a", &[]), TokenNonce([5; 16]));
        let (one, other) =
            (tokens.make(LinkKind::Activation, nonce), tokens.make(LinkKind::PasswordReset, nonce));
        assert_ne!(one.expose(), other.expose());
        assert!(tokens.recover(LinkKind::PasswordReset, nonce, tokens.digest(&one)).is_none());
    }
}
