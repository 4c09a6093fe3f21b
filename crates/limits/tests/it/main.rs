//! What the limits let through, alone and together, while Redis is well and while it is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::ports::{Clock, HealthProbe, Limit, RateLimiter};
use limits::{Limiter, SharedCounter};
use test_support::{ManualClock, RedisServer, eventually};
use tokio::task::JoinSet;

const LIMIT: Limit = Limit { uses: 10, per: Duration::from_hours(1) };

const SECRET: [u8; 32] = [7; 32];

fn alone(clock: &Arc<ManualClock>) -> Limiter {
    let clock: Arc<dyn Clock> = clock.clone();
    Limiter::new(clock, None, SECRET)
}

/// The limiter of one process among others.
fn process(redis: &RedisServer) -> Limiter {
    let shared = Arc::new(SharedCounter::new(&redis.url()).unwrap());
    Limiter::new(Arc::new(ManualClock::default()), Some(shared), SECRET)
}

/// How many of a number of uses get through.
async fn got_through(limiter: &Limiter, tries: usize) -> u32 {
    let mut count = 0;
    for _ in 0..tries {
        count += u32::from(limiter.take("key", LIMIT).await.is_ok());
    }
    count
}

#[tokio::test]
async fn a_process_alone_holds_the_limit_for_each_key_until_its_span_is_over() {
    let clock = Arc::new(ManualClock::default());
    let limiter = alone(&clock);
    assert_eq!(got_through(&limiter, 30).await, 10);
    assert!(limiter.take("other key", LIMIT).await.is_ok());
    let refused = limiter.take("key", LIMIT).await.unwrap_err();
    assert_eq!(refused.retry_after, LIMIT.per);
    clock.advance(chrono::Duration::hours(1));
    assert_eq!(got_through(&limiter, 30).await, 10);
}

#[tokio::test]
async fn a_use_that_turns_out_not_to_count_is_free_again() {
    let limiter = alone(&Arc::default());
    for _ in 0..30 {
        limiter.reserve("key", LIMIT).await.unwrap().release().await;
    }
    for _ in 0..10 {
        drop(limiter.reserve("key", LIMIT).await.unwrap());
    }
    assert!(limiter.reserve("key", LIMIT).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_one_moment_exactly_as_many_get_through_as_the_limit_allows() {
    for _ in 0..50 {
        let limiter = Arc::new(Limiter::new(Arc::new(MachineClock), None, SECRET));
        let mut all = JoinSet::new();
        for _ in 0..100 {
            let limiter = limiter.clone();
            all.spawn(async move { limiter.take("key", LIMIT).await.is_ok() });
        }
        assert_eq!(all.join_all().await.into_iter().filter(|through| *through).count(), 10);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_refused_for_what_others_do_not_come_to_do() {
    let limiter = Arc::new(alone(&Arc::default()));
    let mut all = JoinSet::new();
    for _ in 0..100 {
        let limiter = limiter.clone();
        all.spawn(async move {
            let undecided = limiter.reserve("key", LIMIT).await.unwrap();
            // Others come while it is undecided.
            tokio::task::yield_now().await;
            undecided.release().await;
        });
    }
    all.join_all().await;
}

/// The real time.
struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        #[expect(clippy::disallowed_methods, reason = "a clock that does not stand still is what is tested")]
        std::time::SystemTime::now().into()
    }
}

#[tokio::test]
async fn processes_that_share_a_server_share_a_limit() {
    let Some(redis) = RedisServer::start().await else { return };
    let (one, other) = (process(&redis), process(&redis));
    assert_eq!(got_through(&one, 6).await, 6);
    assert_eq!(got_through(&other, 30).await, 4);
    let refused = other.take("key", LIMIT).await.unwrap_err();
    assert!(refused.retry_after <= LIMIT.per && refused.retry_after > LIMIT.per / 2, "{refused:?}");
    let third = process(&redis);
    for _ in 0..3 {
        third.reserve("other key", LIMIT).await.unwrap().release().await;
    }
    for _ in 0..10 {
        drop(one.reserve("other key", LIMIT).await.unwrap());
    }
    assert!(third.reserve("other key", LIMIT).await.is_err());
}

#[tokio::test]
async fn processes_that_share_nothing_do_not() {
    let (one, other) = (alone(&Arc::default()), alone(&Arc::default()));
    assert_eq!(got_through(&one, 30).await + got_through(&other, 30).await, 20);
}

#[tokio::test]
async fn the_span_of_a_shared_limit_passes_by_the_clock_of_the_server() {
    let Some(redis) = RedisServer::start().await else { return };
    let (one, other) = (process(&redis), process(&redis));
    let short = Limit { uses: 1, per: Duration::from_millis(300) };
    one.take("short", short).await.unwrap();
    let refused = other.take("short", short).await.unwrap_err();
    assert!(refused.retry_after <= short.per);
    eventually("the span passes", || async { other.take("short", short).await.is_ok() }).await;
}

#[tokio::test]
async fn keys_name_nobody_and_go_away_by_themselves() {
    let Some(redis) = RedisServer::start().await else { return };
    process(&redis).take("login into ann@example.com", LIMIT).await.unwrap();
    let keys = redis.command("KEYS *").await.unwrap();
    assert!(keys.contains("theater:limit:") && !keys.contains("ann"), "{keys}");
    let key = keys.lines().find(|line| line.starts_with("theater:")).unwrap().to_owned();
    let left: u64 =
        redis.command(&format!("TTL {key}")).await.unwrap().trim_start_matches(':').parse().unwrap();
    assert!((3_500..=3_600).contains(&left), "{left} s");
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_empty_opens_no_more_than_twice_the_limit() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let (one, other) = (process(&redis), process(&redis));
    let mut through = got_through(&one, 5).await;
    redis.kill();
    through += got_through(&one, 30).await + got_through(&other, 30).await;
    redis.restart().await;
    assert!(through <= 20, "{through}");
    eventually("the limit is shared again", || async {
        one.take("probe", Limit { uses: 1_000, ..LIMIT }).await.unwrap();
        redis.command("DBSIZE").await.is_some_and(|size| size != ":0")
    })
    .await;
    through += got_through(&one, 30).await + got_through(&other, 30).await;
    assert!(through <= 20, "{through}");
}

#[tokio::test]
async fn a_server_that_forgets_everything_opens_nothing_to_a_process_that_remembers() {
    let Some(redis) = RedisServer::start().await else { return };
    let one = process(&redis);
    assert_eq!(got_through(&one, 30).await, 10);
    assert_eq!(redis.command("FLUSHALL").await.as_deref(), Some("+OK"));
    assert_eq!(redis.command("SCRIPT FLUSH").await.as_deref(), Some("+OK"));
    assert_eq!(got_through(&one, 30).await, 0);
    assert_eq!(got_through(&process(&redis), 30).await, 10);
}

#[tokio::test]
async fn a_server_that_answers_nobody_holds_nobody_up_and_is_used_again_once_it_does() {
    let Some(redis) = RedisServer::start().await else { return };
    let (one, other) = (process(&redis), process(&redis));
    one.take("warm", LIMIT).await.unwrap();
    redis.pause();
    let started = Instant::now();
    let mut all = JoinSet::new();
    let limiter = Arc::new(one);
    for _ in 0..100 {
        let limiter = limiter.clone();
        all.spawn(async move { limiter.take("key", LIMIT).await.is_ok() });
    }
    assert_eq!(all.join_all().await.into_iter().filter(|through| *through).count(), 10);
    let one = limiter;
    // Whoever asked at once waited, and nobody waited for another's waiting.
    let waited = started.elapsed();
    redis.resume();
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    eventually("the limit is shared again", || async {
        one.take("shared", Limit { uses: 1_000, ..LIMIT }).await.unwrap();
        other.take("shared", Limit { uses: 1, ..LIMIT }).await.is_err()
    })
    .await;
}

#[tokio::test]
async fn a_server_that_refuses_the_password_is_asked_again_and_used_once_it_takes_it() {
    let Some(redis) = RedisServer::start().await else { return };
    redis.command("CONFIG SET requirepass other").await.unwrap();
    let url = redis.url().replace("redis://", "redis://:right@");
    let shared = || Some(Arc::new(SharedCounter::new(&url).unwrap()));
    let one = Limiter::new(Arc::new(ManualClock::default()), shared(), SECRET);
    let other = Limiter::new(Arc::new(ManualClock::default()), shared(), SECRET);
    assert_eq!(got_through(&one, 30).await, 10);
    redis.command("AUTH other\r\nCONFIG SET requirepass right").await.unwrap();
    eventually("the limit is shared again", || async {
        one.take("shared", Limit { uses: 1_000, ..LIMIT }).await.unwrap();
        other.take("shared", Limit { uses: 1, ..LIMIT }).await.is_err()
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_never_there_is_told_by_its_probe_and_stops_nobody() {
    let shared = Arc::new(SharedCounter::new("redis://127.0.0.1:1").unwrap());
    assert!(shared.check().await.is_err() && !shared.is_needed());
    let limiter = Limiter::new(Arc::new(ManualClock::default()), Some(shared), SECRET);
    assert_eq!(got_through(&limiter, 30).await, 10);
}

#[tokio::test]
async fn a_url_that_names_no_server_is_refused_without_repeating_it() {
    let error = SharedCounter::new("http://user:hidden@host").unwrap_err();
    assert!(!error.to_string().contains("hidden"));
}
