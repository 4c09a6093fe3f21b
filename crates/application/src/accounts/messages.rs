use domain::{
    accounts::{Email, LinkTokenId, UserId},
    outbox::Message,
};

/// Messages of the accounts. They refer to rows by their identifiers or, if they must not depend on whether an account exists,
/// to an email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountMessage {
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
}

impl AccountMessage {
    /// Parses a stored message; `None` if the kind is another context's or the subject is invalid.
    #[must_use]
    pub fn parse(kind: &str, subject: &str) -> Option<Self> {
        let token = || subject.parse().ok().map(LinkTokenId);
        let user = || subject.parse().ok().map(UserId);
        let email = || Email::parse(subject).ok();
        match kind {
            "send_activation" => token().map(Self::SendActivation),
            "send_already_registered" => user().map(Self::SendAlreadyRegistered),
            "send_activated" => user().map(Self::SendActivated),
            "send_password_reset" => token().map(Self::SendPasswordReset),
            "send_password_reset_done" => user().map(Self::SendPasswordResetDone),
            "send_password_changed" => user().map(Self::SendPasswordChanged),
            "request_activation" => email().map(Self::RequestActivation),
            "request_password_reset" => email().map(Self::RequestPasswordReset),
            _ => None,
        }
    }
}

impl From<AccountMessage> for Message {
    fn from(message: AccountMessage) -> Self {
        let (kind, subject) = match message {
            AccountMessage::SendActivation(token) => ("send_activation", token.0.to_string()),
            AccountMessage::SendAlreadyRegistered(user) => ("send_already_registered", user.0.to_string()),
            AccountMessage::SendActivated(user) => ("send_activated", user.0.to_string()),
            AccountMessage::SendPasswordReset(token) => ("send_password_reset", token.0.to_string()),
            AccountMessage::SendPasswordResetDone(user) => ("send_password_reset_done", user.0.to_string()),
            AccountMessage::SendPasswordChanged(user) => ("send_password_changed", user.0.to_string()),
            AccountMessage::RequestActivation(email) => ("request_activation", email.to_string()),
            AccountMessage::RequestPasswordReset(email) => ("request_password_reset", email.to_string()),
        };
        Self { kind, subject }
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
            AccountMessage::SendActivation(token),
            AccountMessage::SendAlreadyRegistered(user),
            AccountMessage::SendActivated(user),
            AccountMessage::SendPasswordReset(token),
            AccountMessage::SendPasswordResetDone(user),
            AccountMessage::SendPasswordChanged(user),
            AccountMessage::RequestActivation(email.clone()),
            AccountMessage::RequestPasswordReset(email),
        ];
        for message in all {
            let stored = Message::from(message.clone());
            assert_eq!(AccountMessage::parse(stored.kind, &stored.subject), Some(message));
        }
    }

    #[test]
    fn unknown_kinds_and_invalid_subjects_are_rejected() {
        assert_eq!(AccountMessage::parse("send_flowers", "7"), None);
        assert_eq!(AccountMessage::parse("send_activated", "seven"), None);
    }
}
