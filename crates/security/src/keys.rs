use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

/// The fewest bytes of a secret: as many as the output of its hash function (RFC 7518, 3.2).
pub const MIN_SECRET_BYTES: usize = 32;

/// The secret has fewer than [`MIN_SECRET_BYTES`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret key needs at least 32 bytes")]
pub struct SecretTooShort;

/// The server's secrets. What each kind of token is signed with is derived from them (HKDF, RFC 5869), so no key is
/// used for two purposes. The first secret makes new tokens; the others are still recognised, so that keys can be
/// rotated without logging everyone out.
#[derive(Clone, Debug)]
pub struct KeyRing {
    secrets: Vec<SecretSlice<u8>>,
}

impl KeyRing {
    /// A ring of the current secret and those that it replaced.
    ///
    /// # Errors
    ///
    /// [`SecretTooShort`] when any of them is.
    pub fn new(current: &SecretString, fallbacks: &[SecretString]) -> Result<Self, SecretTooShort> {
        let secret = |secret: &SecretString| {
            let bytes = secret.expose_secret().as_bytes().to_vec();
            if bytes.len() < MIN_SECRET_BYTES { Err(SecretTooShort) } else { Ok(bytes.into()) }
        };
        let secrets = std::iter::once(current).chain(fallbacks).map(secret).collect::<Result<_, _>>()?;
        Ok(Self { secrets })
    }

    /// From which the names of counted uses are made; the same in all processes that share the secret.
    #[must_use]
    pub fn limit_secret(&self) -> [u8; 32] {
        self.derive("rate limits").first().copied().unwrap_or_default()
    }

    /// The keys for one purpose, the current one first.
    pub(crate) fn derive(&self, purpose: &str) -> Vec<[u8; 32]> {
        let derive = |secret: &SecretSlice<u8>| {
            let mut key = [0; 32];
            // 32 bytes are far below the most that HKDF can give (255 × 32), the one thing that makes it fail.
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
    fn a_short_secret_is_refused_wherever_it_stands() {
        assert!(KeyRing::new(&"short".into(), &[]).is_err());
        assert!(KeyRing::new(&secret("a"), &["short".into()]).is_err());
    }
}
