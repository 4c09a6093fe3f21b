//! Delivery of outbox messages: emails and background jobs.

mod deliver;

use std::sync::Arc;

use domain::ports::Mailer;

use crate::{accounts::Accounts, retention::Retention};

pub use deliver::{DeliverError, Delivered, deliver};

/// Dependencies of the use case of this module.
#[derive(Clone)]
pub struct JobHandler {
    /// Reads recipients and issues requested tokens.
    pub accounts: Accounts,
    /// Sends emails.
    pub mailer: Arc<dyn Mailer>,
    /// Removes expired data.
    pub retention: Retention,
}
