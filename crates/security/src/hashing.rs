use std::{
    num::NonZeroUsize,
    str::FromStr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bcrypt::{BcryptError, HashParts};
use domain::accounts::{
    HashingError, HashingPermit, MAX_PASSWORD_BYTES, Password, PasswordAttempt, PasswordHash, PasswordHasher,
    Verdict,
};
use metrics::{counter, histogram};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Maximum number of waiting callers.
const MAX_WAITING: usize = 256;

/// Hashes passwords with bcrypt on its own threads, one per core, with a lower scheduling priority than the rest of the
/// process, so that many logins do not delay other requests. If the system does not permit the lower priority, one core
/// stays free instead.
#[derive(Debug)]
pub struct BcryptHasher {
    max_wait: Duration,
    semaphore: Arc<Semaphore>,
    permits: usize,
    /// A permit for each caller that may wait.
    queue: Semaphore,
    threads: Threads,
}

/// What a job needs.
#[derive(Clone, Debug)]
struct Threads {
    work: mpsc::Sender<Work>,
    /// Mean duration of the latest hashes in microseconds; 0 before the first one.
    mean_duration: Arc<AtomicU64>,
    cost: u32,
    dummy: PasswordHash,
}

type Work = Box<dyn FnOnce() + Send>;

impl BcryptHasher {
    /// Starts the threads. `cost` is bcrypt's, the binary logarithm of its rounds, 4 to 31: at cost 12 two cores hash about
    /// ten passwords per second. `max_wait` is the maximum expected wait of an accepted caller; if hashing becomes slower
    /// meanwhile, it waits at most twice as long.
    pub fn start(cost: u32, max_wait: Duration) -> std::io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let (work, queue) = mpsc::channel::<Work>();
        let queue = Arc::new(Mutex::new(queue));
        let (report, reports) = mpsc::channel();
        for number in 0..cores {
            let (queue, report) = (queue.clone(), report.clone());
            thread::Builder::new().name(format!("hashing-{number}")).spawn(move || {
                let _ = report.send(lower_priority());
                drop(report);
                while let Ok(Ok(work)) = queue.lock().map(|queue| queue.recv()) {
                    work();
                }
            })?;
        }
        drop(report);
        let lowered = reports.iter().all(|lowered| lowered);
        let permits = if lowered { cores } else { (cores - 1).max(1) };
        Ok(Self {
            max_wait,
            semaphore: Arc::new(Semaphore::new(permits)),
            permits,
            queue: Semaphore::new(MAX_WAITING),
            threads: Threads { work, mean_duration: Arc::default(), cost, dummy: dummy_hash(cost) },
        })
    }

    /// Rejects all waiting and future callers as overloaded. Running hashes are finished, and rejected callers can still
    /// respond before the process ends.
    pub fn close(&self) {
        self.semaphore.close();
    }

    /// Number of waiting callers.
    #[must_use]
    pub fn waiting(&self) -> usize {
        MAX_WAITING.saturating_sub(self.queue.available_permits())
    }

    /// Expected wait of a caller behind `ahead` others.
    fn expected_wait(&self, ahead: usize) -> Duration {
        let mean = Duration::from_micros(self.threads.mean_duration.load(Ordering::Relaxed));
        let rounds = u32::try_from(ahead / self.permits).unwrap_or(u32::MAX);
        mean.saturating_mul(rounds)
    }

    fn overloaded(&self) -> HashingError {
        counter!("theater_password_hashing_refused_total").increment(1);
        HashingError::Overloaded { retry_after: self.max_wait.min(Duration::from_secs(5)) }
    }
}

/// Lowers the priority of the calling thread and returns whether that succeeded.
#[cfg(target_os = "linux")]
fn lower_priority() -> bool {
    // On Linux a thread id selects only that thread here (setpriority(2), "C library/kernel differences").
    rustix::process::setpriority_process(Some(rustix::thread::gettid()), 10).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn lower_priority() -> bool {
    false
}

/// A hash of the given cost that no password matches: checking against it takes as long as against a real one.
fn dummy_hash(cost: u32) -> PasswordHash {
    PasswordHash::new(format!("$2b${cost:02}$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ0123."))
}

#[async_trait]
impl PasswordHasher for BcryptHasher {
    #[tracing::instrument(name = "wait for hashing", target = "theater_trace", skip_all)]
    async fn acquire(&self) -> Result<Box<dyn HashingPermit>, HashingError> {
        let ahead = self.waiting();
        let Ok(waiting) = self.queue.try_acquire() else { return Err(self.overloaded()) };
        if self.expected_wait(ahead) > self.max_wait {
            return Err(self.overloaded());
        }
        let permit = tokio::time::timeout(self.max_wait * 2, self.semaphore.clone().acquire_owned()).await;
        drop(waiting);
        let Ok(Ok(permit)) = permit else { return Err(self.overloaded()) };
        Ok(Box::new(Slot { permit: Arc::new(permit), threads: self.threads.clone() }))
    }
}

struct Slot {
    permit: Arc<OwnedSemaphorePermit>,
    threads: Threads,
}

/// Moves a mean duration, in microseconds, an eighth of the way towards one more measurement.
fn record(mean: &AtomicU64, duration: Duration) {
    let measured = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    // Concurrent updates may lose a measurement, which is acceptable for a mean.
    let mean_before = mean.load(Ordering::Relaxed);
    let moved = if mean_before == 0 { measured } else { mean_before - mean_before / 8 + measured / 8 };
    mean.store(moved, Ordering::Relaxed);
}

impl Slot {
    /// Runs `job` on a hashing thread. The permit is held until the job is done, even if the caller is cancelled:
    /// otherwise disconnected callers could pile up work.
    #[tracing::instrument(name = "hash password", target = "theater_trace", skip_all)]
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, BcryptError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let (reply, answer) = oneshot::channel();
        let (permit, mean) = (self.permit.clone(), self.threads.mean_duration.clone());
        let work = Box::new(move || {
            let started = Instant::now();
            let _ = reply.send(job());
            record(&mean, started.elapsed());
            histogram!("theater_password_hashing_duration_seconds").record(started.elapsed());
            drop(permit);
        });
        let gone = || HashingError::Failed("the hashing threads have stopped".to_owned());
        self.threads.work.send(work).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(|error| HashingError::Failed(error.to_string()))
    }
}

#[async_trait]
impl HashingPermit for Slot {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        let (password, cost) = (password.clone(), self.threads.cost);
        self.run(move || bcrypt::non_truncating_hash(password.expose(), cost).map(PasswordHash::new)).await
    }

    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashingError> {
        let hash = hash.filter(|_| attempt.expose().len() <= MAX_PASSWORD_BYTES);
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.threads.dummy).clone();
        // A password that is too long is not checked, but takes the same time.
        let attempt = if known { attempt.clone() } else { PasswordAttempt::new("") };
        let cost = self.threads.cost;
        self.run(move || {
            let right = bcrypt::non_truncating_verify(attempt.expose(), hash.expose())?;
            let outdated = HashParts::from_str(hash.expose()).is_ok_and(|parts| parts.get_cost() != cost);
            Ok(if right && known { Verdict::Right { outdated } } else { Verdict::Wrong })
        })
        .await
    }

    async fn renew(&self, attempt: &PasswordAttempt) -> Result<PasswordHash, HashingError> {
        let (attempt, cost) = (attempt.clone(), self.threads.cost);
        self.run(move || bcrypt::non_truncating_hash(attempt.expose(), cost).map(PasswordHash::new)).await
    }
}

#[cfg(test)]
mod tests;
