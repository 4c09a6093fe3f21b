use std::time::Duration;

use async_trait::async_trait;

use crate::accounts::{Password, PasswordAttempt, PasswordHash};

/// Why a password was neither hashed nor checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// Too many wait already, or the wait would be too long. The same call may work after the given time.
    #[error("too many passwords wait to be hashed")]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// The hash function failed, or the stored hash is none: a fault of ours.
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// What checking a password came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is wrong, or there was no hash to check it against.
    Wrong,
    /// It is right.
    Right {
        /// Its hash was made with another cost than new ones get, so it should be made anew.
        outdated: bool,
    },
}

/// Hashes passwords within a budget, so that nobody can use up the machine with logins.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Waits for a place in the budget, first come, first served. What is decided after this wait is decided with what
    /// is known then: a caller that finds its work done meanwhile gives the place up unused.
    ///
    /// Fails with [`HashingError::Overloaded`] when the queue is full or the wait passes its deadline.
    async fn admit(&self) -> Result<Box<dyn HashingSlot>, HashingError>;
}

/// A place in the hashing budget, good for one piece of work and freed when dropped.
#[async_trait]
pub trait HashingSlot: Send + Sync {
    /// Hashes a new password.
    ///
    /// Fails with [`HashingError::Failed`].
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError>;

    /// Checks a password. Without a hash, or with a password too long to have one, it does the same work and finds
    /// the password [`Wrong`](Verdict::Wrong).
    ///
    /// Fails with [`HashingError::Failed`].
    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashingError>;

    /// Hashes a password anew that was just found right, whatever rules new passwords keep today.
    ///
    /// Fails with [`HashingError::Failed`].
    async fn renew(&self, attempt: &PasswordAttempt) -> Result<PasswordHash, HashingError>;
}
