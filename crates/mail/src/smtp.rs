use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    mail::Mail,
    ports::{Clock, MailError, Mailer},
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{Error, PoolConfig},
};

use crate::{Templates, message::message};

/// How long one step of the dialogue may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many connections stay open between letters.
const MAX_CONNECTIONS: u32 = 8;

/// The URL names no mail server. What is wrong is not told: it may be the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the URL must look like smtp://user:password@host:587?tls=required or smtps://user:password@host")]
pub struct SmtpUrlError;

/// Sends letters through an SMTP server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
    templates: Templates,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// A mailer for a server as lettre writes it: `smtp://` in plain text or, with `?tls=required`, over STARTTLS, and
    /// `smtps://` over TLS from the start. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`SmtpUrlError`].
    pub fn new(
        url: &str,
        sender: Mailbox,
        templates: Templates,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SmtpUrlError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| SmtpUrlError)?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS))
            .build();
        Ok(Self { transport, sender, templates, clock })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let letter = self.templates.render(mail).map_err(|error| MailError::Permanent(error.to_string()))?;
        let message = message(&self.sender, mail, &letter, self.clock.now()).map_err(MailError::Permanent)?;
        self.transport.send(message).await.map_err(|error| mail_error(&error))?;
        Ok(())
    }
}

/// A 5xx answer is for good (RFC 5321, 4.2.1); a 4xx answer and every trouble of the connection may pass.
fn mail_error(error: &Error) -> MailError {
    if error.is_permanent() {
        MailError::Permanent(error.to_string())
    } else {
        MailError::Transient(error.to_string())
    }
}
