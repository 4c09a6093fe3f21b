//! Emails that the service sends.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::accounts::{Email, MailedToken};

/// An email to one recipient.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Idempotency key. An email that is sent again under the same key has the same `Message-ID`.
    pub key: String,
    /// Recipient.
    pub to: Email,
    /// Content of the email.
    pub content: MailContent,
}

/// Kind of an email, with the values for its template.
#[derive(Clone, Debug)]
pub enum MailContent {
    /// A link to confirm the email address.
    Activation {
        /// Token of the link.
        token: MailedToken,
        /// Validity of the link in whole hours, at least 1.
        valid_hours: i64,
    },
    /// The address was registered again and already has an account.
    AlreadyRegistered,
    /// The account is active.
    Activated {
        /// Whether the account has a password; if not, its owner has to set one.
        has_password: bool,
    },
    /// A link to set a new password.
    PasswordReset {
        /// Token of the link.
        token: MailedToken,
        /// Validity of the link in whole hours, at least 1.
        valid_hours: i64,
    },
    /// The password was reset.
    PasswordResetDone,
    /// The password was changed.
    PasswordChanged,
}

/// Why an email was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The mail server is unreachable, busy, or requests a retry (SMTP 4xx).
    #[error("the mail could not be sent now: {0}")]
    Transient(String),
    /// The mail server rejects this email permanently (SMTP 5xx). A retry cannot succeed.
    #[error("the mail was refused: {0}")]
    Permanent(String),
}

/// Sends emails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends an email. `Ok` means that it was sent at least once.
    ///
    /// Fails with [`MailError`].
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// An email in the development mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMail {
    /// Identifier of the email in the mailbox.
    pub id: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Sender.
    pub from: String,
    /// Recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Body as plain text.
    pub text: String,
    /// Body as HTML.
    pub html: String,
}

/// The mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the mailbox cannot be read: {0}")]
pub struct MailboxError(#[from] pub std::io::Error);

/// Development mailbox, which receives all emails while no mail server is configured.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// All emails, the newest first.
    ///
    /// Fails with [`MailboxError`].
    async fn emails(&self) -> Result<Vec<StoredMail>, MailboxError>;

    /// One email.
    ///
    /// Fails with [`MailboxError`].
    async fn mail(&self, id: &str) -> Result<Option<StoredMail>, MailboxError>;
}
