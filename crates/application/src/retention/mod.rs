//! Removing what has expired.

mod clean_up;

use std::sync::Arc;

use chrono::Duration;
use domain::ports::{Clock, RetentionStore};

use crate::profiles::Profiles;

pub use clean_up::{CleanedUp, clean_up};

/// What the use case of this module needs.
#[derive(Clone)]
pub struct Retention {
    /// Removes rows.
    pub store: Arc<dyn RetentionStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How long an account may wait for its activation.
    pub pending_account_ttl: Duration,
    /// Removes pictures that nobody shows.
    pub profiles: Profiles,
}
