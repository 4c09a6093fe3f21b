use std::{
    fmt,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use domain::ports::{HealthProbe, Limit, Refused};
use redis::{Client, RedisResult, Script, aio::MultiplexedConnection, cmd};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::key::Key;

/// How long the server may take, to be connected to as well, before a process goes on without it.
const TIMEOUT: Duration = Duration::from_millis(250);
/// After how long a server that failed is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// Counts a use. The moments of the uses stand in a list, the newest first, by the server's own clock in microseconds,
/// so that the clocks of the processes do not matter. Answers in how many microseconds to come back, 0 if the use is
/// counted, and its moment.
static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local per, uses = tonumber(ARGV[1]), tonumber(ARGV[2])
        local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
        while oldest and (oldest > now or now - oldest >= per) do
            redis.call('RPOP', KEYS[1])
            oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
        end
        if oldest and redis.call('LLEN', KEYS[1]) >= uses then
            return {per - (now - oldest), now}
        end
        redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
        redis.call('PEXPIRE', KEYS[1], math.ceil(per / 1000))
        return {0, now}
        ",
    )
});

/// The URL names no Redis server. What is wrong is not told: it may be the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the URL must look like redis://user:password@host:6379 or rediss://user:password@host:6379")]
pub struct RedisUrlError;

/// Counts in a Redis server, for all processes that share it.
pub struct SharedCounter {
    client: Client,
    /// One for all callers. One that failed is dropped, whatever it failed with, and made anew.
    connection: Mutex<Option<MultiplexedConnection>>,
    /// When the server failed last; held by whoever asks it again.
    failed: Mutex<Option<Instant>>,
    away: AtomicBool,
}

impl fmt::Debug for SharedCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCounter").field("away", &self.away).finish_non_exhaustive()
    }
}

impl SharedCounter {
    /// A counter in the server that this URL names. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`].
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        let client = Client::open(url).map_err(|_| RedisUrlError)?;
        Ok(Self {
            client,
            connection: Mutex::new(None),
            failed: Mutex::new(None),
            away: AtomicBool::new(false),
        })
    }

    /// Counts a use, and tells its moment; `None` where the server does not answer.
    pub(crate) async fn take(&self, key: Key, limit: Limit) -> Option<Result<u64, Refused>> {
        let asking = async |mut connection| {
            let per = u64::try_from(limit.per.as_micros()).unwrap_or(u64::MAX);
            let mut script = TAKE.key(name(key));
            script.arg(per).arg(limit.uses).invoke_async::<(u64, u64)>(&mut connection).await
        };
        let (wait, moment) = self.unless_away(asking).await?;
        let refused = Refused { retry_after: Duration::from_micros(wait) };
        Some(if wait == 0 { Ok(moment) } else { Err(refused) })
    }

    /// Takes back the use of this moment.
    pub(crate) async fn release(&self, key: Key, moment: u64) {
        let asking = async |mut connection| {
            cmd("LREM").arg(name(key)).arg(1).arg(moment).exec_async(&mut connection).await
        };
        self.unless_away(asking).await;
    }

    /// The server's answer, unless it gives none, or gave none a moment ago. Of all callers that find the pause over
    /// one asks; the others go on without an answer.
    async fn unless_away<T>(
        &self,
        asking: impl AsyncFnOnce(MultiplexedConnection) -> RedisResult<T>,
    ) -> Option<T> {
        if !self.away.load(Ordering::Acquire) {
            return match self.ask(asking).await {
                Ok(answer) => Some(answer),
                Err(reason) => {
                    *self.failed.lock().await = Some(Instant::now());
                    if !self.away.swap(true, Ordering::AcqRel) {
                        tracing::warn!(
                            reason,
                            "Redis does not answer; limits hold for each process by itself"
                        );
                    }
                    None
                }
            };
        }
        let mut failed = self.failed.try_lock().ok()?;
        if failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return None;
        }
        let Ok(answer) = self.ask(asking).await else {
            *failed = Some(Instant::now());
            return None;
        };
        *failed = None;
        self.away.store(false, Ordering::Release);
        tracing::info!("Redis answers again; limits hold for all processes together");
        Some(answer)
    }

    /// The server's answer, or why there is none.
    async fn ask<T>(
        &self,
        asking: impl AsyncFnOnce(MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, String> {
        let answer = timeout(TIMEOUT, async { asking(self.connection().await?).await }).await;
        let reason = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.category().to_owned(),
            Err(_) => "no answer in time".to_owned(),
        };
        // Whoever connects at this moment connects anew in any case.
        if let Ok(mut connection) = self.connection.try_lock() {
            *connection = None;
        }
        Err(reason)
    }

    async fn connection(&self) -> RedisResult<MultiplexedConnection> {
        let mut connection = self.connection.lock().await;
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let new = self.client.get_multiplexed_async_connection().await?;
        *connection = Some(new.clone());
        Ok(new)
    }
}

fn name(key: Key) -> String {
    format!("theater:limit:{key}")
}

#[async_trait]
impl HealthProbe for SharedCounter {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn is_needed(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), String> {
        self.ask(async |mut connection| cmd("PING").exec_async(&mut connection).await).await
    }
}
