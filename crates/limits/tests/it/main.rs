//! Rate limits of one process and of several that share Redis, with Redis available and unavailable.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    environment::Clock,
    health::HealthProbe,
    rate_limit::{Limit, RateLimiter},
};
use limits::{Limiter, SharedCounter};
use test_fakes::ManualClock;
use test_servers::{RedisServer, eventually};
use tokio::task::JoinSet;

const LIMIT: Limit = Limit { uses: 10, per: Duration::from_hours(1) };

const SECRET: [u8; 32] = [7; 32];

fn local_limiter(clock: &Arc<ManualClock>) -> Limiter {
    let clock: Arc<dyn Clock> = clock.clone();
    Limiter::new(clock, None, SECRET)
}

/// The limiter of a process that shares this Redis.
fn shared_limiter(redis: &RedisServer) -> Limiter {
    let shared = Arc::new(SharedCounter::new(&redis.url()).unwrap());
    Limiter::new(Arc::new(ManualClock::default()), Some(shared), SECRET)
}

/// Takes this number of uses and returns how many are allowed.
async fn allowed(limiter: &Limiter, attempts: usize) -> u32 {
    let mut count = 0;
    for _ in 0..attempts {
        count += u32::from(limiter.take("key", LIMIT).await.is_ok());
    }
    count
}

/// Waits until a use of the first process counts in the other one: a server that is busy may not answer in time.
async fn limits_are_shared(one: &Limiter, other: &Limiter) {
    static TRIES: AtomicUsize = AtomicUsize::new(0);
    let single = Limit { uses: 1, ..LIMIT };
    eventually("limits are shared", || async {
        // Another key each time: a process that counts on its own refuses the second use of a key.
        let key = TRIES.fetch_add(1, Ordering::Relaxed).to_string();
        one.take(&key, single).await.unwrap();
        other.take(&key, single).await.is_err()
    })
    .await;
}

#[tokio::test]
async fn a_single_process_applies_the_limit_per_key_and_window() {
    let clock = Arc::new(ManualClock::default());
    let limiter = local_limiter(&clock);
    assert_eq!(allowed(&limiter, 30).await, 10);
    assert!(limiter.take("other key", LIMIT).await.is_ok());
    let refused = limiter.take("key", LIMIT).await.unwrap_err();
    assert_eq!(refused.retry_after, LIMIT.per);
    clock.advance(chrono::Duration::hours(1));
    assert_eq!(allowed(&limiter, 30).await, 10);
}

#[tokio::test]
async fn a_released_reservation_does_not_count() {
    let limiter = local_limiter(&Arc::default());
    for _ in 0..30 {
        limiter.reserve("key", LIMIT).await.unwrap().release().await;
    }
    for _ in 0..10 {
        drop(limiter.reserve("key", LIMIT).await.unwrap());
    }
    assert!(limiter.reserve("key", LIMIT).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_concurrent_uses_exactly_the_limit_is_allowed() {
    for _ in 0..50 {
        let limiter = Arc::new(Limiter::new(Arc::new(MachineClock), None, SECRET));
        let mut all = JoinSet::new();
        for _ in 0..100 {
            let limiter = limiter.clone();
            all.spawn(async move { limiter.take("key", LIMIT).await.is_ok() });
        }
        assert_eq!(all.join_all().await.into_iter().filter(|is_allowed| *is_allowed).count(), 10);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_use_is_refused_because_of_reservations_that_are_released() {
    let limiter = Arc::new(local_limiter(&Arc::default()));
    let mut all = JoinSet::new();
    for _ in 0..100 {
        let limiter = limiter.clone();
        all.spawn(async move {
            let reservation = limiter.reserve("key", LIMIT).await.unwrap();
            // Other tasks reserve before the release.
            tokio::task::yield_now().await;
            reservation.release().await;
        });
    }
    all.join_all().await;
}

struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        #[expect(clippy::disallowed_methods, reason = "the test needs a clock that advances")]
        std::time::SystemTime::now().into()
    }
}

#[tokio::test]
async fn processes_that_share_a_redis_server_share_a_limit() {
    let Some(redis) = RedisServer::start().await else { return };
    let (one, other) = (shared_limiter(&redis), shared_limiter(&redis));
    limits_are_shared(&one, &other).await;
    assert_eq!(allowed(&one, 6).await, 6);
    assert_eq!(allowed(&other, 30).await, 4);
    let refused = other.take("key", LIMIT).await.unwrap_err();
    assert!(refused.retry_after <= LIMIT.per && refused.retry_after > LIMIT.per / 2, "{refused:?}");
    let third = shared_limiter(&redis);
    limits_are_shared(&one, &third).await;
    for _ in 0..3 {
        third.reserve("other key", LIMIT).await.unwrap().release().await;
    }
    for _ in 0..10 {
        drop(one.reserve("other key", LIMIT).await.unwrap());
    }
    assert!(third.reserve("other key", LIMIT).await.is_err());
}

#[tokio::test]
async fn processes_without_a_shared_server_have_separate_limits() {
    let (one, other) = (local_limiter(&Arc::default()), local_limiter(&Arc::default()));
    assert_eq!(allowed(&one, 30).await + allowed(&other, 30).await, 20);
}

#[tokio::test]
async fn the_window_of_a_shared_limit_ends_by_the_clock_of_the_server() {
    let Some(redis) = RedisServer::start().await else { return };
    let (one, other) = (shared_limiter(&redis), shared_limiter(&redis));
    let short = Limit { uses: 1, per: Duration::from_millis(300) };
    // On a busy machine, the window may end between the two.
    eventually("the second process is refused", || async {
        let first = one.take("short", short).await;
        let second = other.take("short", short).await;
        first.is_ok() && second.is_err_and(|refused| refused.retry_after <= short.per)
    })
    .await;
    eventually("the window ends", || async { other.take("short", short).await.is_ok() }).await;
}

#[tokio::test]
async fn keys_contain_no_email_address_and_expire() {
    let Some(redis) = RedisServer::start().await else { return };
    let limiter = shared_limiter(&redis);
    limits_are_shared(&limiter, &shared_limiter(&redis)).await;
    redis.command("FLUSHALL").await.unwrap();
    limiter.take("login into ann@example.com", LIMIT).await.unwrap();
    let keys = redis.command("KEYS *").await.unwrap();
    assert!(keys.contains("theater:limit:") && !keys.contains("ann"), "{keys}");
    let key = keys.lines().find(|line| line.starts_with("theater:")).unwrap().to_owned();
    let left: u64 =
        redis.command(&format!("TTL {key}")).await.unwrap().trim_start_matches(':').parse().unwrap();
    assert!((3_500..=3_600).contains(&left), "{left} s");
}

#[tokio::test]
async fn a_server_restarted_without_its_data_allows_at_most_twice_the_limit() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let (one, other) = (shared_limiter(&redis), shared_limiter(&redis));
    let mut count = allowed(&one, 5).await;
    redis.kill();
    count += allowed(&one, 30).await + allowed(&other, 30).await;
    redis.restart().await;
    assert!(count <= 20, "{count}");
    eventually("the limit is shared again", || async {
        one.take("probe", Limit { uses: 1_000, ..LIMIT }).await.unwrap();
        redis.command("DBSIZE").await.is_some_and(|size| size != ":0")
    })
    .await;
    count += allowed(&one, 30).await + allowed(&other, 30).await;
    assert!(count <= 20, "{count}");
}

#[tokio::test]
async fn a_process_still_applies_its_limit_after_the_server_loses_its_data() {
    let Some(redis) = RedisServer::start().await else { return };
    let one = shared_limiter(&redis);
    assert_eq!(allowed(&one, 30).await, 10);
    assert_eq!(redis.command("FLUSHALL").await.as_deref(), Some("+OK"));
    assert_eq!(redis.command("SCRIPT FLUSH").await.as_deref(), Some("+OK"));
    assert_eq!(allowed(&one, 30).await, 0);
    assert_eq!(allowed(&shared_limiter(&redis), 30).await, 10);
}

#[tokio::test]
async fn an_unresponsive_server_delays_no_caller_and_is_used_again_once_it_responds() {
    let Some(redis) = RedisServer::start().await else { return };
    let (one, other) = (shared_limiter(&redis), shared_limiter(&redis));
    one.take("warm", LIMIT).await.unwrap();
    redis.pause();
    let started = Instant::now();
    let mut all = JoinSet::new();
    let limiter = Arc::new(one);
    for _ in 0..100 {
        let limiter = limiter.clone();
        all.spawn(async move { limiter.take("key", LIMIT).await.is_ok() });
    }
    assert_eq!(all.join_all().await.into_iter().filter(|is_allowed| *is_allowed).count(), 10);
    let one = limiter;
    // The concurrent callers waited for the timeout at the same time, not one after the other.
    let waited = started.elapsed();
    redis.resume();
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    limits_are_shared(&one, &other).await;
}

#[tokio::test]
async fn a_server_that_rejects_the_password_is_retried_and_used_once_it_accepts_it() {
    let Some(redis) = RedisServer::start().await else { return };
    redis.command("CONFIG SET requirepass other").await.unwrap();
    let url = redis.url().replace("redis://", "redis://:right@");
    let shared = || Some(Arc::new(SharedCounter::new(&url).unwrap()));
    let one = Limiter::new(Arc::new(ManualClock::default()), shared(), SECRET);
    let other = Limiter::new(Arc::new(ManualClock::default()), shared(), SECRET);
    assert_eq!(allowed(&one, 30).await, 10);
    redis.command("AUTH other\r\nCONFIG SET requirepass right").await.unwrap();
    limits_are_shared(&one, &other).await;
}

#[tokio::test]
async fn an_unreachable_server_fails_its_probe_and_the_local_limit_applies() {
    let shared = Arc::new(SharedCounter::new("redis://127.0.0.1:1").unwrap());
    assert!(shared.check().await.is_err() && !shared.is_needed());
    let limiter = Limiter::new(Arc::new(ManualClock::default()), Some(shared), SECRET);
    assert_eq!(allowed(&limiter, 30).await, 10);
}

#[tokio::test]
async fn an_invalid_url_is_rejected_without_repeating_it() {
    let error = SharedCounter::new("http://user:hidden@host").unwrap_err();
    assert!(!error.to_string().contains("hidden"));
}
