use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    JobQueue, QueueError,
    engine::{Backend, QUEUE},
    job::Job,
};

/// A job that failed permanently or too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    /// Identifier of the job in the engine.
    pub id: String,
    /// Kind of the message, such as `send_activation`.
    pub message: String,
    /// Subject of the message, such as the identifier of a row.
    pub subject: String,
    /// When it was given up.
    pub since: DateTime<Utc>,
    /// Error of the last attempt.
    pub reason: String,
}

impl JobQueue {
    /// The jobs that were given up, oldest first.
    pub async fn dead(&self) -> Result<Vec<DeadJob>, QueueError> {
        let shown = |(id, job, reason, since): Dead| {
            let entry = job.entry();
            DeadJob { id, message: entry.kind, subject: entry.subject, since, reason }
        };
        Ok(self.read_dead().await?.into_iter().map(shown).collect())
    }

    /// Enqueues the dead job with this id again, or all dead jobs, and returns their number. Jobs that were enqueued before
    /// an error stay enqueued.
    pub async fn revive(&self, id: Option<&str>) -> Result<u64, QueueError> {
        let mut revived = 0;
        for (dead, job, ..) in self.read_dead().await? {
            if id.is_none_or(|id| id == dead) {
                // The new job first: if the process dies in between, a repetition enqueues the same job.
                self.push(job.revived(), Duration::ZERO).await?;
                self.remove(Some(&dead)).await?;
                revived += 1;
            }
        }
        Ok(revived)
    }

    /// Deletes all dead jobs permanently, and returns their number.
    pub async fn purge(&self) -> Result<u64, QueueError> {
        self.remove(None).await
    }

    async fn read_dead(&self) -> Result<Vec<Dead>, QueueError> {
        let rows: Vec<Row> = match &self.0 {
            Backend::Sqlite(pool) => {
                let sql = "SELECT id, job, last_result, done_at FROM Jobs
                           WHERE job_type = ?1 AND status = 'Killed' ORDER BY done_at, id";
                sqlx::query_as(sql).bind(QUEUE).fetch_all(pool).await?
            }
            Backend::Postgres(pool) => {
                let sql =
                    "SELECT id, job, last_result::text, extract(epoch FROM done_at)::bigint FROM apalis.jobs
                           WHERE job_type = $1 AND status = 'Killed' ORDER BY done_at, id";
                sqlx::query_as(sql).bind(QUEUE).fetch_all(pool).await?
            }
        };
        rows.into_iter().map(dead).collect()
    }

    async fn remove(&self, id: Option<&str>) -> Result<u64, QueueError> {
        Ok(match &self.0 {
            Backend::Sqlite(pool) => {
                let sql =
                    "DELETE FROM Jobs WHERE job_type = ?1 AND status = 'Killed' AND (?2 IS NULL OR id = ?2)";
                sqlx::query(sql).bind(QUEUE).bind(id).execute(pool).await?.rows_affected()
            }
            Backend::Postgres(pool) => {
                let sql = "DELETE FROM apalis.jobs
                           WHERE job_type = $1 AND status = 'Killed' AND ($2::text IS NULL OR id = $2)";
                sqlx::query(sql).bind(QUEUE).bind(id).execute(pool).await?.rows_affected()
            }
        })
    }
}

/// Id, serialized job, result as JSON, and end in Unix time.
type Row = (String, Vec<u8>, Option<String>, Option<i64>);
/// Id, job, reason, and end.
type Dead = (String, Job, String, DateTime<Utc>);

fn dead((id, job, result, done_at): Row) -> Result<Dead, QueueError> {
    let job =
        serde_json::from_slice(&job).map_err(|error| QueueError::Refused(format!("job {id}: {error}")))?;
    // The engine stores the outcome as `{"Err": "AbortError: …"}`.
    let result: serde_json::Value =
        result.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let reason = result["Err"].as_str().unwrap_or_default();
    let reason = reason.strip_prefix("AbortError: ").unwrap_or(reason).to_owned();
    let since = done_at.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_default();
    Ok((id, job, reason, since))
}
