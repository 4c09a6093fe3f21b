//! Adapters of the domain's security ports: passwords, tokens, time and randomness.
//!
//! This crate must never know its callers or their purpose: it hashes, signs and generates, and makes no decisions.
//!
//! Start reading at [`BcryptHasher`] in `hashing.rs`, then [`JwtSessionTokens`] in `jwt.rs`.

mod environment;
mod hashing;
mod jwt;
mod keys;
mod mail_tokens;

pub use environment::{OsRandomness, SystemClock};
pub use hashing::BcryptHasher;
pub use jwt::JwtSessionTokens;
pub use keys::{KeyRing, MIN_SECRET_BYTES, SecretTooShort};
pub use mail_tokens::HmacMailTokens;
