//! Fakes of the ports for tests: a store in memory, a clock that a test sets, a mailer that records. It depends on the domain
//! alone, so the inner crates compile without any adapter.
//!
//! Start reading at [`MemoryStore`].

mod environment;
mod limits;
mod mail;
mod memory;
mod objects;
mod security;

pub use environment::{CountingRandomness, ManualClock};
pub use limits::CountingLimiter;
pub use mail::RecordingMailer;
pub use memory::{MemoryStore, MemoryUnit};
pub use objects::{MemoryObjects, PlainProcessor};
pub use security::{PlainHasher, PlainMailTokens, PlainSessionTokens};
