use chrono::Duration;
use domain::{
    accounts::{AccountStatus, Email, LinkKind, LinkTokenId, UserId},
    mail::{Mail, MailContent},
    outbox::{Message, OutboxEntry},
    ports::{MailError, StoreError},
};

use super::JobHandler;
use crate::accounts::{Accounts, send_requested_activation, send_requested_password_reset};
use crate::{profiles::delete_objects, retention::clean_up};

/// Result of [`deliver`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The email was sent.
    Sent,
    /// The message was processed without sending an email.
    Processed,
    /// The email is no longer needed: the token was used or has expired, or the account was removed.
    Obsolete,
}

/// Error of [`deliver`].
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// Temporary: a retry may succeed.
    #[error("{0}")]
    Transient(String),
    /// Permanent: a retry cannot succeed.
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

/// Processes an outbox message. A repeated delivery sends the same email again, with the same `Message-ID` and the same
/// link.
///
/// # Errors
///
/// [`DeliverError`].
pub async fn deliver(job_handler: &JobHandler, entry: &OutboxEntry) -> Result<Delivered, DeliverError> {
    // During an upgrade, a newer process may have written the message; its own worker can read it.
    let message = entry.message().map_err(|error| DeliverError::Transient(error.to_string()))?;
    let mail = match message {
        Message::SendActivation(token) => link(job_handler, LinkKind::Activation, token).await?,
        Message::SendPasswordReset(token) => link(job_handler, LinkKind::PasswordReset, token).await?,
        Message::SendAlreadyRegistered(user) => {
            notice(job_handler, user, MailContent::AlreadyRegistered).await?
        }
        Message::SendActivated(user) => activated(job_handler, user).await?,
        Message::SendPasswordResetDone(user) => {
            notice(job_handler, user, MailContent::PasswordResetDone).await?
        }
        Message::SendPasswordChanged(user) => notice(job_handler, user, MailContent::PasswordChanged).await?,
        Message::RequestActivation(email) => {
            send_requested_activation(&job_handler.accounts, &email).await?;
            return Ok(Delivered::Processed);
        }
        Message::DeleteAvatar(key) => {
            delete_objects(&job_handler.retention.profiles, &key).await?;
            return Ok(Delivered::Processed);
        }
        Message::CleanUp => {
            let removed = clean_up(&job_handler.retention).await?;
            tracing::info!(%removed, "expired data removed");
            return Ok(Delivered::Processed);
        }
        Message::RequestPasswordReset(email) => {
            send_requested_password_reset(&job_handler.accounts, &email).await?;
            return Ok(Delivered::Processed);
        }
    };
    let Some((to, content)) = mail else { return Ok(Delivered::Obsolete) };
    job_handler.mailer.send(&Mail { key: entry.key.clone(), to, content }).await?;
    Ok(Delivered::Sent)
}

type Addressed = Option<(Email, MailContent)>;

/// An email without a link to the owner of an account.
async fn notice(
    job_handler: &JobHandler,
    user: UserId,
    content: MailContent,
) -> Result<Addressed, DeliverError> {
    let user = job_handler.accounts.queries.user(user).await?;
    Ok(user.map(|user| (user.email, content)))
}

/// The email that an account is active and, if it has none, needs a password.
async fn activated(job_handler: &JobHandler, user: UserId) -> Result<Addressed, DeliverError> {
    let user = job_handler.accounts.queries.user(user).await?;
    Ok(user.map(|user| {
        let has_password = !user.password_hash.is_none();
        (user.email, MailContent::Activated { has_password })
    }))
}

/// An email with a link; `None` if the token was used, replaced or has expired, or the account no longer needs it.
async fn link(job_handler: &JobHandler, kind: LinkKind, id: LinkTokenId) -> Result<Addressed, DeliverError> {
    let Accounts { queries, mail_tokens, clock, .. } = &job_handler.accounts;
    let Some(token) = queries.live_link_token(kind, id).await? else { return Ok(None) };
    let left = token.expires_at - clock.now();
    if left <= Duration::zero() {
        return Ok(None);
    }
    let Some(user) = queries.user(token.user_id).await? else { return Ok(None) };
    let needed = match kind {
        LinkKind::Activation => user.status == AccountStatus::Pending,
        LinkKind::PasswordReset => user.status.is_active(),
    };
    if !needed {
        return Ok(None);
    }
    let mailed = mail_tokens.recover(kind, token.nonce, token.digest).ok_or_else(|| {
        // Another worker, or this one with a corrected configuration, may have the key.
        DeliverError::Transient("no configured SECRET_KEY matches the token of this link".to_owned())
    })?;
    let valid_hours = ((left.num_minutes() + 59) / 60).max(1);
    Ok(Some((
        user.email,
        match kind {
            LinkKind::Activation => MailContent::Activation { token: mailed, valid_hours },
            LinkKind::PasswordReset => MailContent::PasswordReset { token: mailed, valid_hours },
        },
    )))
}
