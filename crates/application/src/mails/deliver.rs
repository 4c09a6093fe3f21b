use chrono::Duration;
use domain::{
    accounts::ActivationTokenId,
    mail::{Mail, MailContent},
    outbox::{Message, OutboxEntry},
    ports::{MailError, StoreError},
};

use super::Courier;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The letter went out.
    Sent,
    /// Its reason is gone: the token was used or ran out, or the account was removed.
    Obsolete,
}

/// Why a message was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// It may work later.
    #[error("{0}")]
    Transient(String),
    /// It will never work.
    #[error("{0}")]
    Permanent(String),
}

impl From<MailError> for DeliverError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Transient(reason) => Self::Transient(reason),
            MailError::Permanent(reason) => Self::Permanent(reason),
        }
    }
}

impl From<StoreError> for DeliverError {
    fn from(error: StoreError) -> Self {
        Self::Transient(error.to_string())
    }
}

/// Carries out a message of the outbox. Doing so twice sends the same letter twice, under the same `Message-ID` and
/// with the same link.
///
/// # Errors
///
/// [`DeliverError`].
pub async fn deliver(courier: &Courier, entry: &OutboxEntry) -> Result<Delivered, DeliverError> {
    let message = entry.message().map_err(|error| DeliverError::Permanent(error.to_string()))?;
    let mail = match message {
        Message::SendActivation(token) => activation(courier, token).await?,
        Message::SendActivated(user) => {
            courier.accounts.user(user).await?.map(|user| (user.email, MailContent::Activated))
        }
    };
    let Some((to, content)) = mail else { return Ok(Delivered::Obsolete) };
    courier.mailer.send(&Mail { key: entry.key.clone(), to, content }).await?;
    Ok(Delivered::Sent)
}

async fn activation(
    courier: &Courier,
    id: ActivationTokenId,
) -> Result<Option<(domain::accounts::Email, MailContent)>, DeliverError> {
    let Some(token) = courier.accounts.live_activation_token(id).await? else { return Ok(None) };
    let left = token.expires_at - courier.clock.now();
    if left <= Duration::zero() {
        return Ok(None);
    }
    let Some(user) = courier.accounts.user(token.user_id).await? else { return Ok(None) };
    let mailed = courier.mail_tokens.recover_activation(token.nonce, token.digest).ok_or_else(|| {
        // Another worker, or this one once its configuration is mended, may have the key.
        DeliverError::Transient("no configured SECRET_KEY made this activation token".to_owned())
    })?;
    let valid_hours = ((left.num_minutes() + 59) / 60).max(1);
    Ok(Some((user.email, MailContent::Activation { token: mailed, valid_hours })))
}
