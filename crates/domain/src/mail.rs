//! What the service writes to people.

use crate::accounts::{Email, MailedToken};

/// A letter to one person.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Names the letter. Sending it again under the same key is the same letter: its `Message-ID` does not change.
    pub key: String,
    /// To whom.
    pub to: Email,
    /// What it says.
    pub content: MailContent,
}

/// What a letter says.
#[derive(Clone, Debug)]
pub enum MailContent {
    /// Confirm your address with this link.
    Activation {
        /// What the link proves.
        token: MailedToken,
        /// For how long the link works, in whole hours, at least one.
        valid_hours: i64,
    },
    /// Somebody registered your address, and it has an account already.
    AlreadyRegistered,
    /// Your account is active.
    Activated {
        /// Whether it has a password; otherwise its owner is to choose one.
        has_password: bool,
    },
    /// Choose a new password with this link.
    PasswordReset {
        /// What the link proves.
        token: MailedToken,
        /// For how long the link works, in whole hours, at least one.
        valid_hours: i64,
    },
    /// Your password was reset.
    PasswordResetDone,
    /// Your password was changed.
    PasswordChanged,
}
