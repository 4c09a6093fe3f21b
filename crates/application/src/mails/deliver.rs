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

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The letter went out.
    Sent,
    /// It led to another message, if to anything.
    PassedOn,
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
pub async fn deliver(job_handler: &JobHandler, entry: &OutboxEntry) -> Result<Delivered, DeliverError> {
    // A newer process may have written it that shares the queue during an upgrade; its own worker will know it.
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
            return Ok(Delivered::PassedOn);
        }
        Message::DeleteAvatar(key) => {
            delete_objects(&job_handler.retention.profiles, &key).await?;
            return Ok(Delivered::PassedOn);
        }
        Message::CleanUp => {
            let removed = clean_up(&job_handler.retention).await?;
            tracing::info!(%removed, "removed what had expired");
            return Ok(Delivered::PassedOn);
        }
        Message::RequestPasswordReset(email) => {
            send_requested_password_reset(&job_handler.accounts, &email).await?;
            return Ok(Delivered::PassedOn);
        }
    };
    let Some((to, content)) = mail else { return Ok(Delivered::Obsolete) };
    job_handler.mailer.send(&Mail { key: entry.key.clone(), to, content }).await?;
    Ok(Delivered::Sent)
}

type Addressed = Option<(Email, MailContent)>;

/// A letter that says something to whoever has this account.
async fn notice(
    job_handler: &JobHandler,
    user: UserId,
    content: MailContent,
) -> Result<Addressed, DeliverError> {
    let user = job_handler.accounts.queries.user(user).await?;
    Ok(user.map(|user| (user.email, content)))
}

/// That an account is active and, if it has none, needs a password.
async fn activated(job_handler: &JobHandler, user: UserId) -> Result<Addressed, DeliverError> {
    let user = job_handler.accounts.queries.user(user).await?;
    Ok(user.map(|user| {
        let has_password = !user.password_hash.is_none();
        (user.email, MailContent::Activated { has_password })
    }))
}

/// A letter with a link, unless its token was used, ran out or was replaced, or its account needs it no more.
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
        // Another worker, or this one once its configuration is mended, may have the key.
        DeliverError::Transient("no configured SECRET_KEY made the token of this link".to_owned())
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
