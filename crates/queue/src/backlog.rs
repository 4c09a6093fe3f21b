use std::time::Duration;

use crate::{
    JobQueue, QueueError,
    engine::{Backend, QUEUE},
};

/// The number of jobs in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that are due.
    pub due: u64,
    /// Jobs that are due later, such as retries.
    pub later: u64,
    /// Jobs that a worker has claimed.
    pub running: u64,
    /// Jobs that were given up: they failed permanently or too often.
    pub dead: u64,
    /// How long the oldest due job has been due.
    pub oldest_due: Duration,
}

impl JobQueue {
    /// Counts the jobs in each state.
    pub async fn backlog(&self) -> Result<Backlog, QueueError> {
        let (due, later, running, dead, oldest_due): (i64, i64, i64, i64, i64) = match &self.0 {
            Backend::Sqlite(pool) => {
                let sql = "SELECT count(*) FILTER (WHERE status IN ('Pending', 'Failed') AND run_at <= now.at),
                                  count(*) FILTER (WHERE status IN ('Pending', 'Failed') AND run_at > now.at),
                                  count(*) FILTER (WHERE status IN ('Queued', 'Running')),
                                  count(*) FILTER (WHERE status = 'Killed'),
                                  coalesce(max(now.at - run_at) FILTER (WHERE status IN ('Pending', 'Failed')), 0)
                           FROM Jobs, (SELECT CAST(strftime('%s', 'now') AS INTEGER) AS at) AS now
                           WHERE job_type = ?1 AND status IN ('Pending', 'Failed', 'Queued', 'Running', 'Killed')";
                sqlx::query_as(sql).bind(QUEUE).fetch_one(pool).await?
            }
            Backend::Postgres(pool) => {
                let sql = "SELECT count(*) FILTER (WHERE status IN ('Pending', 'Failed') AND run_at <= now()),
                                  count(*) FILTER (WHERE status IN ('Pending', 'Failed') AND run_at > now()),
                                  count(*) FILTER (WHERE status IN ('Queued', 'Running')),
                                  count(*) FILTER (WHERE status = 'Killed'),
                                  coalesce(max(extract(epoch FROM now() - run_at))
                                           FILTER (WHERE status IN ('Pending', 'Failed')), 0)::bigint
                           FROM apalis.jobs
                           WHERE job_type = $1 AND status IN ('Pending', 'Failed', 'Queued', 'Running', 'Killed')";
                sqlx::query_as(sql).bind(QUEUE).fetch_one(pool).await?
            }
        };
        let number = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(Backlog {
            due: number(due),
            later: number(later),
            running: number(running),
            dead: number(dead),
            oldest_due: Duration::from_secs(number(oldest_due)),
        })
    }
}
