use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use domain::{
    environment::Clock,
    health::HealthProbe,
    mail::{Mail, MailError, Mailer},
};
use lettre::message::Mailbox;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    Templates,
    message::message,
    server::{Refusal, Server, SmtpError},
};

/// How long the result of a health check is cached: each check logs in to the server.
const HEALTH_MAX_AGE: Duration = Duration::from_secs(15);

/// Timeout of a health check, for which the caller waits.
const HEALTH_TIMEOUT: Duration = Duration::from_millis(1_500);

/// Sends emails through an SMTP server.
pub struct SmtpMailer {
    server: Server,
    health: Mutex<Option<(Instant, Result<(), String>)>>,
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
    /// Creates a mailer without connecting. A `smtp://` URL is unencrypted or, with `?tls=required` or
    /// `?tls=opportunistic`, uses STARTTLS; a `smtps://` URL uses implicit TLS. The server's certificate must be issued by
    /// an authority that Mozilla trusts or by `authority` (PEM).
    ///
    /// # Errors
    ///
    /// [`SmtpError`].
    pub fn new(
        url: &str,
        authority: Option<&str>,
        sender: Mailbox,
        templates: Templates,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SmtpError> {
        let server = Server::parse(url, authority)?;
        Ok(Self { server, health: Mutex::new(None), sender, templates, clock })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    #[tracing::instrument(name = "send mail", target = "theater_trace", skip_all)]
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let email = self.templates.render(mail).map_err(|error| MailError::Permanent(error.to_string()))?;
        let message = message(&self.sender, mail, &email, self.clock.now()).map_err(MailError::Permanent)?;
        let sent = self.server.take(message.envelope(), &message.formatted()).await;
        sent.map_err(|refusal| mail_error(&refusal))
    }
}

#[async_trait]
impl HealthProbe for SmtpMailer {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn is_needed(&self) -> bool {
        // Emails wait in the queue until the server recovers.
        false
    }

    async fn check(&self) -> Result<(), String> {
        let mut health = self.health.lock().await;
        if let Some((checked_at, result)) = &*health
            && checked_at.elapsed() < HEALTH_MAX_AGE
        {
            return result.clone();
        }
        let result = match timeout(HEALTH_TIMEOUT, self.server.greet()).await {
            Ok(result) => result.map_err(|refusal| refusal.to_string()),
            Err(_) => Err("the mail server did not answer in time".to_owned()),
        };
        *health = Some((Instant::now(), result.clone()));
        result
    }
}

/// A 5xx reply to an email is permanent (RFC 5321, 4.2.1). A 4xx reply and every failure before the email are transient:
/// a password that the server refuses does not depend on the email.
fn mail_error(refusal: &Refusal) -> MailError {
    match refusal {
        Refusal::Message(error) if error.is_permanent() => MailError::Permanent(error.to_string()),
        _ => MailError::Transient(refusal.to_string()),
    }
}
