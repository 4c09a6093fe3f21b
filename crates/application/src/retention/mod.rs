//! Removal of expired data.

mod clean_up;

use std::sync::Arc;

use chrono::Duration;
use domain::ports::{Clock, RetentionStore};

use crate::profiles::Profiles;

pub use clean_up::{CleanedUp, clean_up};

/// Dependencies of the use case of this module.
#[derive(Clone)]
pub struct Retention {
    /// Removes expired rows.
    pub store: Arc<dyn RetentionStore>,
    /// Returns the current time.
    pub clock: Arc<dyn Clock>,
    /// How long an account may stay pending.
    pub pending_account_ttl: Duration,
    /// Removes pictures that no profile shows.
    pub profiles: Profiles,
}
