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
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor, message::Mailbox, transport::smtp::Error};
use tokio::{sync::Mutex, time::timeout};

use crate::{
    Templates,
    message::message,
    server::{Server, SmtpError},
};

/// Timeout of sending one email: connecting, TLS, authentication and the dialogue.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Replies with which a server refuses the client and not the email.
const CONNECTION_CODES: [u16; 4] = [530, 534, 535, 538];

const NO_ANSWER: &str = "the mail server did not answer in time";

/// How long the result of a health check is cached: each check logs in to the server.
const HEALTH_MAX_AGE: Duration = Duration::from_secs(15);

/// Timeout of a health check, for which the caller waits.
const HEALTH_TIMEOUT: Duration = Duration::from_millis(1_500);

/// Sends emails through an SMTP server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
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
    pub fn new(
        url: &str,
        authority: Option<&str>,
        sender: Mailbox,
        templates: Templates,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SmtpError> {
        let transport = Server::parse(url, authority)?.transport();
        Ok(Self { transport, health: Mutex::new(None), sender, templates, clock })
    }

    async fn accepts_connections(&self) -> bool {
        matches!(timeout(SEND_TIMEOUT, self.transport.test_connection()).await, Ok(Ok(true)))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    #[tracing::instrument(name = "send mail", target = "theater_trace", skip_all)]
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let email = self.templates.render(mail).map_err(|error| MailError::Permanent(error.to_string()))?;
        let message = message(&self.sender, mail, &email, self.clock.now()).map_err(MailError::Permanent)?;
        match timeout(SEND_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // A server that refuses every client, or this client, refuses a connection without an email, too.
            Ok(Err(error)) if is_permanent(&error) && self.accepts_connections().await => {
                Err(MailError::Permanent(error.to_string()))
            }
            Ok(Err(error)) => Err(MailError::Transient(error.to_string())),
            Err(_) => Err(MailError::Transient(NO_ANSWER.to_owned())),
        }
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
        let result = match timeout(HEALTH_TIMEOUT, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server closed the connection".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(NO_ANSWER.to_owned()),
        };
        *health = Some((Instant::now(), result.clone()));
        result
    }
}

/// Whether a reply refuses the email for good (5xx; RFC 5321, 4.2.1), and not the connection for want of authentication or
/// encryption (RFC 4954, 6; RFC 3207, 4).
fn is_permanent(error: &Error) -> bool {
    let concerns_connection = error.status().is_some_and(|code| CONNECTION_CODES.contains(&u16::from(code)));
    error.is_permanent() && !concerns_connection
}
