//! What happens after a unit of work was kept: the relay takes messages out of the outbox and hands them to the job
//! engine (apalis), whose workers carry them out, again and again until it is done or hopeless.
//!
//! Nothing is ever lost on the way. A message leaves the outbox only after the engine holds its job, under a key that
//! makes a second hand-over do nothing; a job whose worker died is taken up by another; a job that fails is replaced by
//! one that runs later. So each message is carried out at least once, and its receiver recognises a repetition.
//!
//! This crate must never know what a message means: that is the [`JobHandler`](application::mails::JobHandler)'s business.
//!
//! Start reading at [`relay`], then [`work`].

mod backlog;
mod backoff;
mod dead;
mod engine;
mod job;
mod relay;
mod schedule;
mod worker;

pub use backlog::Backlog;
pub use dead::DeadJob;
pub use engine::{JobQueue, QueueError};
pub use relay::relay;
pub use schedule::schedule;
pub use worker::work;
