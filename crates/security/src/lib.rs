//! Passwords, tokens, time and randomness: the adapters of the domain's security ports.
//!
//! This crate must never know who asks or what for: it hashes, signs and draws, and decides nothing.
//!
//! Start reading at [`HashingBudget`] in `hashing.rs`, then [`JwtSessionTokens`] in `jwt.rs`.

mod environment;
mod hashing;
mod jwt;
mod keys;
mod mail_tokens;

pub use environment::{OsRandomness, SystemClock};
pub use hashing::{HashingBudget, HashingLimits};
pub use jwt::JwtSessionTokens;
pub use keys::{KeyRing, MIN_SECRET_BYTES, SecretTooShort};
pub use mail_tokens::HmacMailTokens;
