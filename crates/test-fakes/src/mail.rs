use std::sync::Mutex;

use async_trait::async_trait;
use domain::mail::{Mail, MailError, Mailer};

/// Records emails, or fails on request.
#[derive(Debug, Default)]
pub struct RecordingMailer {
    sent: Mutex<Vec<Mail>>,
    failures: Mutex<Vec<MailError>>,
}

impl RecordingMailer {
    /// The emails sent so far.
    pub fn sent(&self) -> Vec<Mail> {
        self.sent.lock().expect("no test panicked here").clone()
    }

    /// Makes the next call fail with this error.
    pub fn fail_next(&self, error: MailError) {
        self.failures.lock().expect("no test panicked here").push(error);
    }
}

#[async_trait]
impl Mailer for RecordingMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if let Some(error) = self.failures.lock().expect("no test panicked here").pop() {
            return Err(error);
        }
        self.sent.lock().expect("no test panicked here").push(mail.clone());
        Ok(())
    }
}
