//! What must still happen after a unit of work was committed.

use std::fmt;

use crate::{
    accounts::{Email, LinkTokenId, UserId},
    profiles::AvatarKey,
};

/// The place of one message in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutboxId(pub i64);

/// Something to do in the world outside, written down in the same unit of work as its cause: either both are kept or
/// neither is. A message names rows or, where it must look the same whether there is such a row or not, an address; never
/// a secret, so neither the outbox nor the queue behind it holds anything that opens an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// Mail somebody the link that activates their account.
    SendActivation(LinkTokenId),
    /// Mail somebody that their address was registered again and has an account.
    SendAlreadyRegistered(UserId),
    /// Mail somebody that their account is active.
    SendActivated(UserId),
    /// Mail somebody the link that lets them choose a new password.
    SendPasswordReset(LinkTokenId),
    /// Mail somebody that their password was reset.
    SendPasswordResetDone(UserId),
    /// Mail somebody that their password was changed.
    SendPasswordChanged(UserId),
    /// Somebody asked for another activation mail to this address.
    RequestActivation(Email),
    /// Somebody asked for a new password at this address.
    RequestPasswordReset(Email),
    /// Remove a picture that no profile shows.
    DeleteAvatar(AvatarKey),
    /// It is time to remove what has expired.
    CleanUp,
}

/// A message that waits in the outbox, as it is stored: whoever hands it on need not understand it, so a message of a
/// newer version stops nothing behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its place in the outbox.
    pub id: OutboxId,
    /// Names the message wherever it goes, and comes back in no other outbox: by it a repetition is recognised.
    pub key: String,
    /// What is to be done.
    pub kind: String,
    /// The row it is to be done for.
    pub subject: String,
}

impl OutboxEntry {
    /// What to do.
    ///
    /// # Errors
    ///
    /// [`UnknownMessage`] when this version does not know such a message.
    pub fn message(&self) -> Result<Message, UnknownMessage> {
        Message::from_stored(&self.kind, &self.subject)
    }

    /// The subject as logs show it; `None` where it is an email address, which no log line carries. Row numbers and object
    /// keys hold no `@`, in messages of newer versions either.
    #[must_use]
    pub fn logged_subject(&self) -> Option<&str> {
        (!self.subject.contains('@')).then_some(&self.subject)
    }
}

/// The stored form names no message that this version knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown message {kind:?}, or a subject that does not fit it")]
pub struct UnknownMessage {
    /// The kind that was stored.
    pub kind: String,
    /// The subject that was stored.
    pub subject: String,
}

impl Message {
    /// What is to be done, as it is stored.
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

    /// What it is to be done for, as it is stored: the number of a row, an address, or a key.
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

    /// The message that was stored as this kind and subject.
    ///
    /// # Errors
    ///
    /// [`UnknownMessage`] when there is no such message.
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
    fn every_message_is_read_back_from_its_stored_form() {
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
    fn what_no_version_wrote_is_refused() {
        assert!(Message::from_stored("send_flowers", "7").is_err());
        assert!(Message::from_stored("send_activated", "seven").is_err());
    }
}
