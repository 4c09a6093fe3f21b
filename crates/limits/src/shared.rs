use std::{
    fmt,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    health::HealthProbe,
    rate_limit::{Limit, Refused},
};
use redis::{Client, RedisResult, Script, aio::MultiplexedConnection, cmd};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::key::Key;

/// Timeout of a call, including the connection; after it a process counts without the server.
const TIMEOUT: Duration = Duration::from_millis(250);
/// Delay after which a failed server is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Counts a use. The timestamps of the uses form a list, newest first, in microseconds of the server's own clock, so that
/// the clocks of the processes do not matter. Returns the microseconds until a retry can succeed, 0 if the use is
/// counted, and the timestamp.
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

/// The URL is invalid. The message omits it: it may contain the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the URL must look like redis://user:password@host:6379 or rediss://user:password@host:6379")]
pub struct RedisUrlError;

/// Counts in a Redis server that all processes share.
pub struct SharedCounter {
    client: Client,
    /// Shared by all callers. After any error it is dropped and replaced.
    connection: Mutex<Option<MultiplexedConnection>>,
    /// When the server failed last; locked by the caller that tries it again.
    failed: Mutex<Option<Instant>>,
    unavailable: AtomicBool,
}

impl fmt::Debug for SharedCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCounter").field("unavailable", &self.unavailable).finish_non_exhaustive()
    }
}

impl SharedCounter {
    /// A counter in the server at this URL. Does not connect yet.
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        let client = Client::open(url).map_err(|_| RedisUrlError)?;
        Ok(Self {
            client,
            connection: Mutex::new(None),
            failed: Mutex::new(None),
            unavailable: AtomicBool::new(false),
        })
    }

    /// Counts a use, and returns its timestamp; `None` if the server is unavailable.
    pub(crate) async fn take(&self, key: Key, limit: Limit) -> Option<Result<u64, Refused>> {
        let call = async |mut connection| {
            let per = u64::try_from(limit.per.as_micros()).unwrap_or(u64::MAX);
            let mut script = TAKE.key(name(key));
            script.arg(per).arg(limit.uses).invoke_async::<(u64, u64)>(&mut connection).await
        };
        let (wait, timestamp) = self.if_available(call).await?;
        let refused = Refused { retry_after: Duration::from_micros(wait) };
        Some(if wait == 0 { Ok(timestamp) } else { Err(refused) })
    }

    /// Refunds the use with this timestamp.
    pub(crate) async fn release(&self, key: Key, timestamp: u64) {
        let call = async |mut connection| {
            cmd("LREM").arg(name(key)).arg(1).arg(timestamp).exec_async(&mut connection).await
        };
        self.if_available(call).await;
    }

    /// Calls the server, unless it failed less than [`RETRY_DELAY`] ago; `None` if it does not answer. After the delay one
    /// caller tries the server; until it succeeds the others go on without an answer.
    async fn if_available<T>(
        &self,
        call: impl AsyncFnOnce(MultiplexedConnection) -> RedisResult<T>,
    ) -> Option<T> {
        if !self.unavailable.load(Ordering::Acquire) {
            return match self.call(call).await {
                Ok(answer) => Some(answer),
                Err(reason) => {
                    *self.failed.lock().await = Some(Instant::now());
                    if !self.unavailable.swap(true, Ordering::AcqRel) {
                        tracing::warn!(
                            reason,
                            "Redis is unavailable; each process applies limits on its own"
                        );
                    }
                    None
                }
            };
        }
        let mut failed = self.failed.try_lock().ok()?;
        if failed.is_some_and(|at| at.elapsed() < RETRY_DELAY) {
            return None;
        }
        let Ok(answer) = self.call(call).await else {
            *failed = Some(Instant::now());
            return None;
        };
        *failed = None;
        self.unavailable.store(false, Ordering::Release);
        tracing::info!("Redis recovered; all processes share limits again");
        Some(answer)
    }

    /// Calls the server, and returns its answer or the reason of the failure.
    async fn call<T>(
        &self,
        call: impl AsyncFnOnce(MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, String> {
        let answer = timeout(TIMEOUT, async { call(self.connection().await?).await }).await;
        let reason = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.category().to_owned(),
            Err(_) => "no answer in time".to_owned(),
        };
        // A caller that holds this lock is connecting anew already.
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
        self.call(async |mut connection| cmd("PING").exec_async(&mut connection).await).await
    }
}
