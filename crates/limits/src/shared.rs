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
use redis::{
    Client, RedisResult, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cmd,
};
use tokio::{sync::Mutex, time::Instant};

use crate::key::Key;

/// How long the server may take for an answer before a process goes on without it.
const TIMEOUT: Duration = Duration::from_millis(250);
/// After how long a server that failed is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// Counts a use. The moments of the uses stand in a list, the newest first, by the server's own clock in microseconds,
/// so that the clocks of the processes do not matter. Answers 0, or in how many microseconds to come back.
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
            return per - (now - oldest)
        end
        redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
        redis.call('PEXPIRE', KEYS[1], math.ceil(per / 1000))
        return 0
        ",
    )
});

/// The URL names no Redis server. What is wrong is not told: it may be the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the URL must look like redis://user:password@host:6379 or rediss://user:password@host:6379")]
pub struct RedisUrlError;

/// Counts in a Redis server, for all processes that share it.
pub struct SharedCounter {
    connection: ConnectionManager,
    /// From when on a server that failed is asked again; held by whoever asks it first.
    failed: Mutex<Option<Instant>>,
    away: AtomicBool,
}

impl fmt::Debug for SharedCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCounter").field("away", &self.away).finish_non_exhaustive()
    }
}

impl SharedCounter {
    /// A counter in the server that this URL names. Nothing is connected yet. Must be called inside a runtime.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`].
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        let client = Client::open(url).map_err(|_| RedisUrlError)?;
        let connection =
            ConnectionManager::new_lazy_with_config(client, config).map_err(|_| RedisUrlError)?;
        Ok(Self { connection, failed: Mutex::new(None), away: AtomicBool::new(false) })
    }

    /// Counts a use; `None` where the server does not answer.
    pub(crate) async fn take(&self, key: Key, limit: Limit) -> Option<Result<(), Refused>> {
        let mut connection = self.connection.clone();
        let asking = async {
            let (per, name) = (limit.per.as_micros(), name(key));
            let mut script = TAKE.key(name);
            script.arg(u64::try_from(per).unwrap_or(u64::MAX)).arg(limit.uses);
            script.invoke_async::<u64>(&mut connection).await
        };
        let wait = self.unless_away(asking).await?;
        Some(if wait == 0 { Ok(()) } else { Err(Refused { retry_after: Duration::from_micros(wait) }) })
    }

    pub(crate) async fn give_back(&self, key: Key) {
        let mut connection = self.connection.clone();
        let asking = async { cmd("LPOP").arg(name(key)).exec_async(&mut connection).await };
        self.unless_away(asking).await;
    }

    /// The server's answer, unless it gives none, or gave none a moment ago. Of all callers that find the pause over
    /// one asks; the others go on without an answer.
    async fn unless_away<T>(&self, asking: impl Future<Output = RedisResult<T>>) -> Option<T> {
        if !self.away.load(Ordering::Acquire) {
            return self.noted(asking.await).await;
        }
        let mut failed = self.failed.try_lock().ok()?;
        if failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return None;
        }
        let Ok(answer) = asking.await else {
            *failed = Some(Instant::now());
            return None;
        };
        *failed = None;
        self.away.store(false, Ordering::Release);
        tracing::info!("Redis answers again; limits hold for all processes together");
        Some(answer)
    }

    async fn noted<T>(&self, answer: RedisResult<T>) -> Option<T> {
        let error = match answer {
            Ok(answer) => return Some(answer),
            Err(error) => error,
        };
        let mut failed = self.failed.lock().await;
        *failed = Some(Instant::now());
        if !self.away.swap(true, Ordering::AcqRel) {
            let reason = error.category();
            tracing::warn!(reason, "Redis does not answer; limits hold for each process by itself");
        }
        None
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
        let mut connection = self.connection.clone();
        let answer = cmd("PING").exec_async(&mut connection).await;
        answer.map_err(|error| error.category().to_owned())
    }
}
