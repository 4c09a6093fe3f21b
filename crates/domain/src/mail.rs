//! Emails that the service sends.

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
