//! What happens after a unit of work was committed: the relay moves messages from the outbox to the job engine (apalis),
//! whose workers carry them out, with retries until they succeed, fail permanently or have failed too often.
//!
//! No message is lost. It leaves the outbox only after the engine has stored its job, under a key that makes a second
//! enqueueing do nothing; another worker takes over the jobs of one that died; a job that fails is replaced by one that
//! runs later. So each message is carried out at least once, and its receiver recognises a repetition.
//!
//! This crate must never know what a message means: its [`JobHandler`](application::jobs::JobHandler) does.
//!
//! Start reading at [`relay`], then [`work`].

mod backlog;
mod backoff;
mod dead;
mod engine;
mod job;
mod polling;
mod relay;
mod schedule;
mod worker;

pub use backlog::Backlog;
pub use dead::DeadJob;
pub use engine::{JobQueue, QueueError};
pub use relay::relay;
pub use schedule::schedule;
pub use worker::work;
