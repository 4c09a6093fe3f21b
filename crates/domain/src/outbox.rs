//! Messages that are processed after a unit of work is committed.

use std::fmt;

use crate::{
    accounts::{Email, LinkTokenId, UserId},
    profiles::AvatarKey,
};

/// Identifier of an outbox entry; it grows with each entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutboxId(pub i64);

/// A side effect outside the store. It is recorded in the same unit of work as its cause, so both are committed or neither.
/// A message refers to rows by their identifiers or, if it must not depend on whether a row exists, to an email address. It
/// never contains a secret, so neither the outbox nor the queue holds anything that opens an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// Send the activation link of this token.
    SendActivation(LinkTokenId),
    /// Notify the user that the address was registered again and already has an account.
    SendAlreadyRegistered(UserId),
    /// Notify the user that the account is active.
    SendActivated(UserId),
    /// Send the password reset link of this token.
    SendPasswordReset(LinkTokenId),
    /// Notify the user that the password was reset.
    SendPasswordResetDone(UserId),
    /// Notify the user that the password was changed.
    SendPasswordChanged(UserId),
    /// Process a request for another activation email to this address.
    RequestActivation(Email),
    /// Process a request for a password reset of this address.
    RequestPasswordReset(Email),
    /// Delete the files of an avatar that no profile refers to.
    DeleteAvatar(AvatarKey),
    /// Delete expired data.
    CleanUp,
}

/// A stored message. The relay dispatches it without parsing it, so a message of a newer version does not block the
/// entries after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Identifier of the entry.
    pub id: OutboxId,
    /// Idempotency key of the message, unique across all outboxes.
    pub key: String,
    /// Stored kind; see [`Message::kind`].
    pub kind: String,
    /// Stored subject; see [`Message::subject`].
    pub subject: String,
}

impl OutboxEntry {
    /// Parses the message.
    ///
    /// # Errors
    ///
    /// [`UnknownMessage`] if this version does not know the kind or cannot parse the subject.
    pub fn message(&self) -> Result<Message, UnknownMessage> {
        Message::from_stored(&self.kind, &self.subject)
    }

    /// The subject for logs; `None` if it is an email address, which is never logged. Row identifiers and avatar keys
    /// contain no `@`, in messages of newer versions too.
    #[must_use]
    pub fn logged_subject(&self) -> Option<&str> {
        (!self.subject.contains('@')).then_some(&self.subject)
    }
}

/// The stored kind is unknown to this version, or the subject does not fit the kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown message kind {kind:?} or invalid subject")]
pub struct UnknownMessage {
    /// Stored kind.
    pub kind: String,
    /// Stored subject.
    pub subject: String,
}

impl Message {
    /// Name of the kind in the store.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SendActivation(_) => "send_activation",
            Self::SendAlreadyRegistered(_) => "send_already_registered",
            Self::SendActivated(_) => "send_activated",
            Self::SendPasswordReset(_) => "send_password_reset",
            Self::SendPasswordResetDone(_) => "send_password_reset_done",
            Self::SendPasswordChanged(_) => "send_password_changed",
            Self::RequestActivation(_) => "request_activation",
            Self::RequestPasswordReset(_) => "request_password_reset",
            Self::DeleteAvatar(_) => "delete_avatar",
            Self::CleanUp => "clean_up",
        }
    }

    /// Subject in the store: a row identifier, an email address, an avatar key, or empty.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::SendActivation(token) | Self::SendPasswordReset(token) => token.0.to_string(),
            Self::SendAlreadyRegistered(user)
            | Self::SendActivated(user)
            | Self::SendPasswordResetDone(user)
            | Self::SendPasswordChanged(user) => user.0.to_string(),
            Self::RequestActivation(email) | Self::RequestPasswordReset(email) => email.to_string(),
            Self::DeleteAvatar(key) => key.as_str().to_owned(),
            Self::CleanUp => String::new(),
        }
    }

    /// Parses a stored kind and subject.
    ///
    /// # Errors
    ///
    /// [`UnknownMessage`] if the kind is unknown or the subject is invalid.
    pub fn from_stored(kind: &str, subject: &str) -> Result<Self, UnknownMessage> {
        let unknown = || UnknownMessage { kind: kind.to_owned(), subject: subject.to_owned() };
        let number = || subject.parse().map_err(|_| unknown());
        let token = || Ok(LinkTokenId(number()?));
        let user = || Ok(UserId(number()?));
        let email = || Email::parse(subject).map_err(|_| unknown());
        match kind {
            "send_activation" => token().map(Self::SendActivation),
            "send_already_registered" => user().map(Self::SendAlreadyRegistered),
            "send_activated" => user().map(Self::SendActivated),
            "send_password_reset" => token().map(Self::SendPasswordReset),
            "send_password_reset_done" => user().map(Self::SendPasswordResetDone),
            "send_password_changed" => user().map(Self::SendPasswordChanged),
            "request_activation" => email().map(Self::RequestActivation),
            "request_password_reset" => email().map(Self::RequestPasswordReset),
            "delete_avatar" => AvatarKey::parse(subject).map(Self::DeleteAvatar).ok_or_else(unknown),
            "clean_up" => Ok(Self::CleanUp),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.subject())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_parsed_from_its_stored_form() {
        let (token, user, email) =
            (LinkTokenId(7), UserId(i64::MAX), Email::parse("ann@example.com").unwrap());
        let all = [
            Message::SendActivation(token),
            Message::SendAlreadyRegistered(user),
            Message::SendActivated(user),
            Message::SendPasswordReset(token),
            Message::SendPasswordResetDone(user),
            Message::SendPasswordChanged(user),
            Message::RequestActivation(email.clone()),
            Message::RequestPasswordReset(email),
            Message::DeleteAvatar(AvatarKey::from_bits([7; 16])),
            Message::CleanUp,
        ];
        for message in all {
            assert_eq!(Message::from_stored(message.kind(), &message.subject()), Ok(message));
        }
    }

    #[test]
    fn unknown_kinds_and_invalid_subjects_are_rejected() {
        assert!(Message::from_stored("send_flowers", "7").is_err());
        assert!(Message::from_stored("send_activated", "seven").is_err());
    }
}
