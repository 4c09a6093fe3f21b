//! Carrying out what the outbox holds.

mod deliver;

use std::sync::Arc;

use domain::ports::{AccountQueries, Clock, MailTokens, Mailer};

pub use deliver::{DeliverError, Delivered, deliver};

/// What the use case of this module needs.
#[derive(Clone)]
pub struct Courier {
    /// Reads whom to write to.
    pub accounts: Arc<dyn AccountQueries>,
    /// Derives the tokens of links.
    pub mail_tokens: Arc<dyn MailTokens>,
    /// Sends letters.
    pub mailer: Arc<dyn Mailer>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}
