use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use domain::{
    mail::Mail,
    ports::{Clock, HealthProbe, MailError, Mailer},
};
use lettre::message::Mailbox;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    Templates,
    message::message,
    server::{Refusal, Server, SmtpError},
};

/// For how long what the server answered counts as how it is: each question is a whole login there.
const HEALTH_LASTS: Duration = Duration::from_secs(15);

/// How long it may take to answer such a question: whoever asks waits for it.
const HEALTH_TIMEOUT: Duration = Duration::from_millis(1_500);

/// Sends letters through an SMTP server.
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
    /// A mailer for a server as lettre writes it: `smtp://` in plain text or, with `?tls=required`, over STARTTLS, and
    /// `smtps://` over TLS from the start. The server's certificate must come from an authority that Mozilla trusts or
    /// from this one, in PEM form. Nothing is connected yet.
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
        let letter = self.templates.render(mail).map_err(|error| MailError::Permanent(error.to_string()))?;
        let message = message(&self.sender, mail, &letter, self.clock.now()).map_err(MailError::Permanent)?;
        let taken = self.server.take(message.envelope(), &message.formatted()).await;
        taken.map_err(|refusal| mail_error(&refusal))
    }
}

#[async_trait]
impl HealthProbe for SmtpMailer {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn is_needed(&self) -> bool {
        // Letters wait in the queue until it is back.
        false
    }

    async fn check(&self) -> Result<(), String> {
        let mut health = self.health.lock().await;
        if let Some((asked_at, answer)) = &*health
            && asked_at.elapsed() < HEALTH_LASTS
        {
            return answer.clone();
        }
        let answer = match timeout(HEALTH_TIMEOUT, self.server.greet()).await {
            Ok(answer) => answer.map_err(|refusal| refusal.to_string()),
            Err(_) => Err("the mail server did not answer in time".to_owned()),
        };
        *health = Some((Instant::now(), answer.clone()));
        answer
    }
}

/// A 5xx answer to a letter is for good (RFC 5321, 4.2.1). A 4xx answer and every trouble before the letter may pass: a
/// password that the server refuses is not the letter's fault.
fn mail_error(refusal: &Refusal) -> MailError {
    match refusal {
        Refusal::Message(error) if error.is_permanent() => MailError::Permanent(error.to_string()),
        _ => MailError::Transient(refusal.to_string()),
    }
}
