//! Rate limits: each process counts on its own and, where a Redis server is configured, all processes count together.
//! The server may fail at any time: the counts of each process remain valid.
//!
//! This crate must never know what is limited, or why.
//!
//! Start reading at [`Limiter`], then `window.rs`, then `shared.rs`.

mod key;
mod limiter;
mod local;
mod shared;
mod window;

pub use limiter::Limiter;
pub use shared::{RedisUrlError, SharedCounter};
