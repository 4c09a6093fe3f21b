//! Support for tests against real servers: temporary databases, an object store, Redis, and mail servers with faults. It knows
//! none of our other crates; the harness of whole-system tests is in `crates/theater/tests`.
//!
//! Start reading at [`on_every_database`]; [`full_tests`] decides how much runs.

mod certificate;
mod database;
mod maildev;
mod postgres;
mod redis;
mod runs;
mod s3;
mod seaweedfs;
mod smtp;

pub use certificate::TestCertificate;
pub use database::{TestDatabase, lock_is_awaited, run};
pub use maildev::MailDev;
pub use postgres::OwnPostgres;
pub use redis::RedisServer;
pub use runs::{full_tests, runs_in_full, size, skip_without};
pub use s3::{S3_ACCESS_KEY, S3_SECRET_KEY, S3Behaviour, S3Server};
pub use seaweedfs::SeaweedFs;
pub use smtp::{ReceivedMail, SmtpBehaviour, SmtpSecurity, SmtpServer};

/// Waits until a condition holds, and fails after two minutes.
///
/// # Panics
///
/// If the condition does not hold by then.
pub async fn eventually<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    within(std::time::Duration::from_mins(2), what, condition).await;
}

/// The same with another deadline.
///
/// # Panics
///
/// If the condition does not hold by then.
pub async fn within<F: Future<Output = bool>>(
    deadline: std::time::Duration,
    what: &str,
    condition: impl Fn() -> F,
) {
    assert!(happens(deadline, condition).await, "it did not happen in time: {what}");
}

/// Whether a condition holds within this time.
pub async fn happens<F: Future<Output = bool>>(
    deadline: std::time::Duration,
    condition: impl Fn() -> F,
) -> bool {
    let mut poll = tokio::time::interval(std::time::Duration::from_millis(20));
    let waiting = async {
        while !condition().await {
            poll.tick().await;
        }
    };
    tokio::time::timeout(deadline, waiting).await.is_ok()
}
