//! Carrying out what the outbox holds.

mod deliver;

use std::sync::Arc;

use domain::ports::Mailer;

use crate::{accounts::Accounts, retention::Retention};

pub use deliver::{DeliverError, Delivered, deliver};

/// What the use case of this module needs.
#[derive(Clone)]
pub struct JobHandler {
    /// Reads whom to write to, and issues the tokens that somebody asked for.
    pub accounts: Accounts,
    /// Sends letters.
    pub mailer: Arc<dyn Mailer>,
    /// Removes what has expired.
    pub retention: Retention,
}
