use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    environment::Clock,
    health::HealthProbe,
    mail::{Mail, MailError, Mailbox, MailboxError, Mailer, StoredMail},
};
use lettre::message::Mailbox as Sender;
use serde::{Deserialize, Serialize};
use tokio::fs;

use crate::{RenderedEmail, Templates};

/// Maximum emails in the mailbox; the oldest are deleted.
const CAPACITY: usize = 1_000;

/// Stores emails in a folder, one JSON file each, which every process of the service can read.
pub struct MailboxMailer {
    folder: PathBuf,
    sender: Sender,
    templates: Templates,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for MailboxMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailboxMailer").field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct MailFile {
    sent_at: DateTime<Utc>,
    from: String,
    to: String,
    subject: String,
    text: String,
    html: String,
}

impl MailboxMailer {
    /// A mailbox in this folder, which is created with the first email.
    #[must_use]
    pub fn new(folder: PathBuf, sender: Sender, templates: Templates, clock: Arc<dyn Clock>) -> Self {
        Self { folder, sender, templates, clock }
    }

    async fn store(&self, mail: &Mail, email: RenderedEmail) -> io::Result<()> {
        let sent_at = self.clock.now();
        let file = MailFile {
            sent_at,
            from: self.sender.to_string(),
            to: mail.to.to_string(),
            subject: email.subject,
            text: email.text,
            html: email.html,
        };
        fs::create_dir_all(&self.folder).await?;
        let id = format!("{:020}-{}", sent_at.timestamp_micros(), mail.key);
        let (partial, whole) = (self.folder.join(format!("{id}.part")), self.path(&id));
        fs::write(&partial, serde_json::to_vec_pretty(&file)?).await?;
        // A reader sees the whole file or none.
        fs::rename(&partial, &whole).await?;
        self.delete_oldest().await
    }

    async fn delete_oldest(&self) -> io::Result<()> {
        let ids = self.ids().await?;
        for id in ids.iter().skip(CAPACITY) {
            match fs::remove_file(self.path(id)).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The identifiers of the emails, newest first.
    async fn ids(&self) -> io::Result<Vec<String>> {
        let mut entries = match fs::read_dir(&self.folder).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut ids = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                ids.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
            }
        }
        ids.sort_unstable_by(|one, other| other.cmp(one));
        Ok(ids)
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(Path::new(id).with_extension("json"))
    }
}

#[async_trait]
impl Mailer for MailboxMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let email = self.templates.render(mail).map_err(|error| MailError::Permanent(error.to_string()))?;
        self.store(mail, email)
            .await
            .map_err(|error| MailError::Transient(format!("{}: {error}", self.folder.display())))
    }
}

#[async_trait]
impl HealthProbe for MailboxMailer {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn is_needed(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), String> {
        fs::create_dir_all(&self.folder).await.map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Mailbox for MailboxMailer {
    async fn emails(&self) -> Result<Vec<StoredMail>, MailboxError> {
        let mut mails = Vec::new();
        for id in self.ids().await? {
            match self.mail(&id).await {
                Ok(mail) => mails.extend(mail),
                Err(error) => tracing::warn!(%error, id, "an email of the mailbox cannot be read"),
            }
        }
        Ok(mails)
    }

    async fn mail(&self, id: &str) -> Result<Option<StoredMail>, MailboxError> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
            return Ok(None);
        }
        let bytes = match fs::read(self.path(id)).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let file: MailFile = serde_json::from_slice(&bytes).map_err(io::Error::from)?;
        let MailFile { sent_at, from, to, subject, text, html } = file;
        Ok(Some(StoredMail { id: id.to_owned(), sent_at, from, to, subject, text, html }))
    }
}
