use std::time::Duration;

use async_trait::async_trait;

use super::{Password, PasswordAttempt, PasswordHash};

/// Why a password was neither hashed nor checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// Too many callers wait, or the wait would be too long. Retrying after the given time may succeed.
    #[error("too many passwords wait to be hashed")]
    Overloaded {
        /// Time until a retry.
        retry_after: Duration,
    },
    /// The hash function failed, or the stored hash is invalid: an internal error.
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Result of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is wrong, or there was no hash to check it against.
    Wrong,
    /// The password is right.
    Right {
        /// The hash has another cost than new hashes, so the password should be hashed again.
        outdated: bool,
    },
}

/// Hashes passwords with limited concurrency, so that logins cannot exhaust the CPU.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Waits for a permit, first come, first served. The caller decides after this wait, with current data: if its work
    /// was done meanwhile, it drops the permit unused.
    ///
    /// Fails with [`HashingError::Overloaded`] if the queue is full or the wait times out.
    async fn acquire(&self) -> Result<Box<dyn HashingPermit>, HashingError>;
}

/// A permit for one hashing operation, released when dropped.
#[async_trait]
pub trait HashingPermit: Send + Sync {
    /// Hashes a new password.
    ///
    /// Fails with [`HashingError::Failed`].
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError>;

    /// Checks a password. Without a hash, or with a password that is too long to have one, it does the same work and
    /// returns [`Wrong`](Verdict::Wrong).
    ///
    /// Fails with [`HashingError::Failed`].
    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashingError>;

    /// Hashes a verified password again, without applying the rules of new passwords.
    ///
    /// Fails with [`HashingError::Failed`].
    async fn renew(&self, attempt: &PasswordAttempt) -> Result<PasswordHash, HashingError>;
}
