use domain::outbox::{Message, OutboxEntry, OutboxId};
use serde::{Deserialize, Serialize};

/// A message of the outbox as the engine keeps it, and how often it was tried in vain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    outbox_id: i64,
    key: String,
    kind: String,
    subject: String,
    pub(crate) failed_attempts: u32,
    /// How often somebody brought it back from the dead.
    #[serde(default)]
    revived: u32,
}

impl Job {
    pub(crate) fn first(entry: &OutboxEntry) -> Self {
        Self {
            outbox_id: entry.id.0,
            key: entry.key.clone(),
            kind: entry.kind.clone(),
            subject: entry.subject.clone(),
            failed_attempts: 0,
            revived: 0,
        }
    }

    /// The job that is to be done once in each period of this number, whichever process puts it into the queue.
    pub(crate) fn scheduled(message: &Message, period: i64) -> Self {
        Self {
            outbox_id: 0,
            key: format!("{}@{period}", message.kind()),
            kind: message.kind().to_owned(),
            subject: message.subject(),
            failed_attempts: 0,
            revived: 0,
        }
    }

    /// What is to be done.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    pub(crate) fn entry(&self) -> OutboxEntry {
        let key = self.key.clone();
        OutboxEntry {
            id: OutboxId(self.outbox_id),
            key,
            kind: self.kind.clone(),
            subject: self.subject.clone(),
        }
    }

    /// The job that takes this one's place after another failure.
    pub(crate) fn next(&self) -> Self {
        Self { failed_attempts: self.failed_attempts + 1, ..self.clone() }
    }

    /// The job that takes this one's place when somebody brings it back from the dead.
    pub(crate) fn revived(&self) -> Self {
        Self { failed_attempts: 0, revived: self.revived + 1, ..self.clone() }
    }

    /// Under which the engine takes the job once, however often it is handed over.
    pub(crate) fn idempotency_key(&self) -> String {
        format!("{}.{}.{}", self.key, self.revived, self.failed_attempts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64) -> OutboxEntry {
        OutboxEntry {
            id: OutboxId(id),
            key: format!("k{id}"),
            kind: "send_activated".into(),
            subject: "7".into(),
        }
    }

    #[test]
    fn a_job_remembers_its_message() {
        assert_eq!(Job::first(&entry(3)).next().entry(), entry(3));
    }

    #[test]
    fn each_attempt_at_each_message_has_its_own_key() {
        let first = Job::first(&entry(1));
        let again = first.next().revived();
        let all = [&first, &first.next(), &again, &Job::first(&entry(11))];
        let keys = all.map(Job::idempotency_key);
        assert_eq!(keys, ["k1.0.0", "k1.0.1", "k1.1.0", "k11.0.0"]);
    }
}
