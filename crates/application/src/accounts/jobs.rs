use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;
use domain::{
    accounts::{AccountStatus, Email, LinkKind, LinkTokenId, User, UserId},
    mail::{Mail, MailContent, Mailer},
    outbox::OutboxEntry,
};

use super::{AccountMessage, Accounts, send_requested_activation, send_requested_password_reset};
use crate::jobs::{JobError, JobHandler, Outcome};

/// Processes the messages of the accounts.
#[derive(Clone)]
pub struct AccountJobs {
    /// Reads recipients and issues requested tokens.
    pub accounts: Accounts,
    /// Sends emails.
    pub mailer: Arc<dyn Mailer>,
}

#[async_trait]
impl JobHandler for AccountJobs {
    async fn handle(&self, entry: &OutboxEntry) -> Option<Result<Outcome, JobError>> {
        let message = AccountMessage::parse(&entry.kind, &entry.subject)?;
        Some(self.process(message, &entry.key).await)
    }
}

impl AccountJobs {
    /// Processes a message. A repetition sends the same email again, with the same `Message-ID` and the same link.
    async fn process(&self, message: AccountMessage, key: &str) -> Result<Outcome, JobError> {
        let accounts = &self.accounts;
        let mail = match message {
            AccountMessage::SendActivation(token) => link(accounts, LinkKind::Activation, token).await?,
            AccountMessage::SendPasswordReset(token) => {
                link(accounts, LinkKind::PasswordReset, token).await?
            }
            AccountMessage::SendAlreadyRegistered(user) => {
                notice(accounts, user, |_| MailContent::AlreadyRegistered).await?
            }
            AccountMessage::SendActivated(user) => {
                let content =
                    |user: &User| MailContent::Activated { has_password: !user.password_hash.is_none() };
                notice(accounts, user, content).await?
            }
            AccountMessage::SendPasswordResetDone(user) => {
                notice(accounts, user, |_| MailContent::PasswordResetDone).await?
            }
            AccountMessage::SendPasswordChanged(user) => {
                notice(accounts, user, |_| MailContent::PasswordChanged).await?
            }
            AccountMessage::RequestActivation(email) => {
                send_requested_activation(accounts, &email).await?;
                return Ok(Outcome::Done);
            }
            AccountMessage::RequestPasswordReset(email) => {
                send_requested_password_reset(accounts, &email).await?;
                return Ok(Outcome::Done);
            }
        };
        let Some((to, content)) = mail else { return Ok(Outcome::Obsolete) };
        self.mailer.send(&Mail { key: key.to_owned(), to, content }).await?;
        Ok(Outcome::Done)
    }
}

type Addressed = Option<(Email, MailContent)>;

/// An email without a link to the owner of an account.
async fn notice(
    accounts: &Accounts,
    user: UserId,
    content: impl FnOnce(&User) -> MailContent + Send,
) -> Result<Addressed, JobError> {
    let user = accounts.queries.user(user).await?;
    Ok(user.map(|user| (user.email.clone(), content(&user))))
}

/// An email with a link; `None` if the token was used, replaced or has expired, or the account no longer needs it.
async fn link(accounts: &Accounts, kind: LinkKind, id: LinkTokenId) -> Result<Addressed, JobError> {
    let Accounts { queries, mail_tokens, clock, .. } = accounts;
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
        JobError::Transient("no configured SECRET_KEY matches the token of this link".to_owned())
    })?;
    let valid_hours = ((left.num_minutes() + 59) / 60).max(1);
    let content = match kind {
        LinkKind::Activation => MailContent::Activation { token: mailed, valid_hours },
        LinkKind::PasswordReset => MailContent::PasswordReset { token: mailed, valid_hours },
    };
    Ok(Some((user.email, content)))
}
