use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Key under which uses are counted: a keyed digest of fixed size, from which no reader can find out the address in it by
/// trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 16]);

impl Key {
    pub(crate) fn of(key: &str, secret: &[u8; 32]) -> Self {
        let mut bytes = [0; 16];
        // HMAC accepts a key of any length (RFC 2104, 2), so this cannot fail.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
            mac.update(key.as_bytes());
            bytes.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        Self(bytes)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
