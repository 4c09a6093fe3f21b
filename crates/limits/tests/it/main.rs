//! What the limits let through, alone and together, while Redis is well and while it is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::ports::{Clock, HealthProbe, Limit, RateLimiter};
use limits::{Limiter, SharedCounter};
use test_support::{ManualClock, RedisServer, eventually};

const LIMIT: Limit = Limit { uses: 10, per: Duration::from_hours(1) };

fn alone(clock: &Arc<ManualClock>) -> Limiter {
    let clock: Arc<dyn Clock> = clock.clone();
    Limiter::new(clock, None)
}

/// The limiter of one process among others.
fn process(redis: &RedisServer) -> Limiter {
    let shared = Arc::new(SharedCounter::new(&redis.url()).unwrap());
    Limiter::new(Arc::new(ManualClock::default()), Some(shared))
}

/// How many of so many uses get through.
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
async fn a_use_that_is_given_back_is_free_again() {
    let limiter = alone(&Arc::default());
    assert_eq!(got_through(&limiter, 10).await, 10);
    limiter.give_back("key").await;
    assert_eq!(got_through(&limiter, 10).await, 1);
}

#[tokio::test]
async fn processes_that_share_a_server_share_a_limit() {
    let Some(redis) = RedisServer::start().await else { return };
    let (one, other) = (process(&redis), process(&redis));
    assert_eq!(got_through(&one, 6).await, 6);
    assert_eq!(got_through(&other, 30).await, 4);
    let refused = other.take("key", LIMIT).await.unwrap_err();
    assert!(refused.retry_after <= LIMIT.per && refused.retry_after > LIMIT.per / 2, "{refused:?}");
    one.give_back("key").await;
    assert_eq!(got_through(&other, 30).await, 1);
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
    assert_eq!(got_through(&one, 100).await, 10);
    // One caller waits for the server, and the others do not wait for that caller.
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
async fn a_server_that_was_never_there_is_told_by_its_probe_and_stops_nobody() {
    let shared = Arc::new(SharedCounter::new("redis://127.0.0.1:1").unwrap());
    assert!(shared.check().await.is_err() && !shared.is_needed());
    let limiter = Limiter::new(Arc::new(ManualClock::default()), Some(shared));
    assert_eq!(got_through(&limiter, 30).await, 10);
}

#[tokio::test]
async fn a_url_that_names_no_server_is_refused_without_repeating_it() {
    let error = SharedCounter::new("http://user:hidden@host").unwrap_err();
    assert!(!error.to_string().contains("hidden"));
}
