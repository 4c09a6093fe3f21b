//! Removing what has expired.

mod clean_up;

use std::sync::Arc;

use chrono::Duration;
use domain::ports::{Clock, Housekeeping};

use crate::profiles::Profiles;

pub use clean_up::{CleanedUp, clean_up};

/// What the use case of this module needs.
#[derive(Clone)]
pub struct Housekeeper {
    /// Removes rows.
    pub store: Arc<dyn Housekeeping>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How long an account may wait for its activation.
    pub pending_account_ttl: Duration,
    /// Removes pictures that nobody shows.
    pub profiles: Profiles,
}
