use domain::outbox::{Message, OutboxEntry, OutboxId};
use serde::{Deserialize, Serialize};

/// A message of the outbox as the engine stores it, and the number of its failed attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    outbox_id: i64,
    key: String,
    kind: String,
    subject: String,
    pub(crate) failed_attempts: u32,
    /// How often it was revived after it was given up.
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

    /// The job that runs once in the period of this number, whichever process enqueues it.
    pub(crate) fn scheduled(message: &Message, period: i64) -> Self {
        Self::first(&OutboxEntry {
            id: OutboxId(0),
            key: format!("{}@{period}", message.kind),
            kind: message.kind.to_owned(),
            subject: message.subject.clone(),
        })
    }

    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    pub(crate) fn entry(&self) -> OutboxEntry {
        OutboxEntry {
            id: OutboxId(self.outbox_id),
            key: self.key.clone(),
            kind: self.kind.clone(),
            subject: self.subject.clone(),
        }
    }

    /// The job that replaces this one after another failure.
    pub(crate) fn next(&self) -> Self {
        Self { failed_attempts: self.failed_attempts + 1, ..self.clone() }
    }

    /// The job that replaces this one when it is revived after it was given up.
    pub(crate) fn revived(&self) -> Self {
        Self { failed_attempts: 0, revived: self.revived + 1, ..self.clone() }
    }

    /// Key under which the engine accepts the job once, however often it is enqueued.
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
    fn a_job_preserves_its_message() {
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
