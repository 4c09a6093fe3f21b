use std::{path::Path, sync::Arc};

use anyhow::Context;
use domain::{
    environment::Clock,
    health::HealthProbe,
    mail::{Mailbox, Mailer},
};
use mail::{MailboxMailer, SmtpMailer, Templates};
use secrecy::ExposeSecret;

use crate::config::{self, Config};

/// The adapters that send emails.
pub(super) struct MailAdapters {
    pub(super) mailer: Arc<dyn Mailer>,
    pub(super) mailbox: Option<Arc<dyn Mailbox>>,
    pub(super) probe: Arc<dyn HealthProbe>,
}

pub(super) fn open(config: &Config, folder: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<MailAdapters> {
    let config::Mail { smtp_url, authority, from } = &config.mail;
    let templates = Templates::new(&config.server.public_url()).context("the mail templates")?;
    let Some(url) = smtp_url else {
        let mailbox = Arc::new(MailboxMailer::new(folder.join("mailbox"), from.clone(), templates, clock));
        return Ok(MailAdapters { mailer: mailbox.clone(), mailbox: Some(mailbox.clone()), probe: mailbox });
    };
    let authority = authority.as_deref();
    let mailer = SmtpMailer::new(url.expose_secret(), authority, from.clone(), templates, clock)
        .context("SMTP_URL or SMTP_CA_FILE")?;
    let mailer = Arc::new(mailer);
    Ok(MailAdapters { mailer: mailer.clone(), mailbox: None, probe: mailer })
}
