//! What must still happen after a unit of work was committed.

use std::fmt;

use crate::accounts::{ActivationTokenId, UserId};

/// The place of one message in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutboxId(pub i64);

/// Something to do in the world outside, written down in the same unit of work as its cause: either both are kept or
/// neither is. A message names rows, never secrets, addresses or texts, so neither the outbox nor the queue behind it
/// holds anything that a reader of the database could use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// Mail somebody the link that activates their account.
    SendActivation(ActivationTokenId),
    /// Mail somebody that their account is active.
    SendActivated(UserId),
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
}

/// The stored form names no message that this version knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown message {kind:?} with subject {subject:?}")]
pub struct UnknownMessage {
    /// The kind that was stored.
    pub kind: String,
    /// The subject that was stored.
    pub subject: String,
}

impl Message {
    /// What is to be done, as it is stored.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::SendActivation(_) => "send_activation",
            Self::SendActivated(_) => "send_activated",
        }
    }

    /// The row it is to be done for, as it is stored.
    #[must_use]
    pub fn subject(self) -> String {
        match self {
            Self::SendActivation(token) => token.0.to_string(),
            Self::SendActivated(user) => user.0.to_string(),
        }
    }

    /// The message that was stored as this kind and subject.
    ///
    /// # Errors
    ///
    /// [`UnknownMessage`] when there is no such message.
    pub fn from_stored(kind: &str, subject: &str) -> Result<Self, UnknownMessage> {
        let unknown = || UnknownMessage { kind: kind.to_owned(), subject: subject.to_owned() };
        let id = || subject.parse().map_err(|_| unknown());
        match kind {
            "send_activation" => Ok(Self::SendActivation(ActivationTokenId(id()?))),
            "send_activated" => Ok(Self::SendActivated(UserId(id()?))),
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
        for message in
            [Message::SendActivation(ActivationTokenId(7)), Message::SendActivated(UserId(i64::MAX))]
        {
            assert_eq!(Message::from_stored(message.kind(), &message.subject()), Ok(message));
        }
    }

    #[test]
    fn what_no_version_wrote_is_refused() {
        assert!(Message::from_stored("send_flowers", "7").is_err());
        assert!(Message::from_stored("send_activated", "seven").is_err());
    }
}
