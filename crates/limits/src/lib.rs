//! Rate limits: each process counts for itself and, where a Redis server is configured, for all processes together. The
//! server may fail at any moment: what a process counted itself goes on to hold.
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
