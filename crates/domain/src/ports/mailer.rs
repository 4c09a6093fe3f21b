use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::mail::Mail;

/// Why a letter did not go out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The mail server cannot be reached, is busy, or asks to try again (SMTP 4xx).
    #[error("the mail could not be sent now: {0}")]
    Transient(String),
    /// The mail server refuses this letter for good (SMTP 5xx). Trying again helps nobody.
    #[error("the mail was refused: {0}")]
    Permanent(String),
}

/// Sends letters.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a letter, at least once where it says so.
    ///
    /// Fails with [`MailError`].
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// A letter of the development mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMail {
    /// Names it in the mailbox.
    pub id: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as HTML.
    pub html: String,
}

/// The mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the mailbox cannot be read: {0}")]
pub struct MailboxError(#[from] pub std::io::Error);

/// Where letters go while no mail server is configured.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// The letters, the newest first.
    ///
    /// Fails with [`MailboxError`].
    async fn mails(&self) -> Result<Vec<StoredMail>, MailboxError>;

    /// One letter.
    ///
    /// Fails with [`MailboxError`].
    async fn mail(&self, id: &str) -> Result<Option<StoredMail>, MailboxError>;
}
