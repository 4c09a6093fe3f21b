use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

/// Minimum length of a secret in bytes: the output size of the hash function (RFC 7518, 3.2).
pub const MIN_SECRET_BYTES: usize = 32;

/// The secret has fewer than [`MIN_SECRET_BYTES`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret key needs at least 32 bytes")]
pub struct SecretTooShort;

/// The secrets of the server. The key of each purpose is derived from them (HKDF, RFC 5869), so no key is used for two
/// purposes. The first secret signs new tokens; tokens of the others are still accepted, so that secrets can be rotated
/// without logging all users out.
#[derive(Clone, Debug)]
pub struct KeyRing {
    secrets: Vec<SecretSlice<u8>>,
}

impl KeyRing {
    /// Builds a ring of the current secret and the ones it replaced.
    pub fn new(current: &SecretString, fallbacks: &[SecretString]) -> Result<Self, SecretTooShort> {
        let secret = |secret: &SecretString| {
            let bytes = secret.expose_secret().as_bytes().to_vec();
            if bytes.len() < MIN_SECRET_BYTES { Err(SecretTooShort) } else { Ok(bytes.into()) }
        };
        let secrets = std::iter::once(current).chain(fallbacks).map(secret).collect::<Result<_, _>>()?;
        Ok(Self { secrets })
    }

    /// Key from which rate limit keys are derived; the same in all processes that share the secret.
    #[must_use]
    pub fn limit_secret(&self) -> [u8; 32] {
        self.derive("rate limits").first().copied().unwrap_or_default()
    }

    /// The keys for one purpose, the current one first.
    pub(crate) fn derive(&self, purpose: &str) -> Vec<[u8; 32]> {
        let derive = |secret: &SecretSlice<u8>| {
            let mut key = [0; 32];
            // HKDF fails only above 255 × 32 bytes of output.
            let _ = Hkdf::<Sha256>::new(None, secret.expose_secret()).expand(purpose.as_bytes(), &mut key);
            key
        };
        self.secrets.iter().map(derive).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        text.repeat(MIN_SECRET_BYTES).into()
    }

    #[test]
    fn each_purpose_and_each_secret_has_its_own_key() {
        let ring = KeyRing::new(&secret("a"), &[secret("b")]).unwrap();
        let keys = [ring.derive("one"), ring.derive("other")].concat();
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), 4);
        assert!(!keys.contains(&[0; 32]));
    }

    #[test]
    fn derivation_is_stable() {
        let ring = || KeyRing::new(&secret("a"), &[]).unwrap();
        assert_eq!(ring().derive("one"), ring().derive("one"));
    }

    #[test]
    fn a_short_secret_is_rejected_at_any_position() {
        assert!(KeyRing::new(&"short".into(), &[]).is_err());
        assert!(KeyRing::new(&secret("a"), &["short".into()]).is_err());
    }
}
