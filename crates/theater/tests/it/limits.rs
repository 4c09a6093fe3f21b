use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};
use test_servers::{RedisServer, eventually, on_every_database, runs_in_full};
use tokio::{sync::Barrier, task::JoinSet};

use crate::app::{PASSWORD, Reply, TestApp, pair};

/// The default limits, behind a proxy on this machine.
const BEHIND_PROXY: &[(&str, &str)] = &[("RATE_LIMIT", "on"), ("TRUSTED_PROXIES", "10.0.0.0/8,127.0.0.1")];
/// The default limits, without a proxy.
const DIRECT: &[(&str, &str)] = &[("RATE_LIMIT", "on")];

const HOME: &str = "203.0.113.7";
const REFUSED: &str = "Too many requests. Please try again later.";

/// A login that a proxy forwards with this list of IP addresses.
async fn login_from(app: &TestApp, forwarded_for: &str, email: &str, password: &str) -> Reply {
    post_from(app, forwarded_for, "/accounts/login", json!({"email": email, "password": password})).await
}

async fn post_from(app: &TestApp, forwarded_for: &str, path: &str, body: Value) -> Reply {
    let request = || app.request(Method::POST, path).header("x-forwarded-for", forwarded_for).json(&body);
    Reply::of_patient(request).await
}

/// The replies to `count` concurrent logins to one account with a wrong password, each from another IP address.
async fn fail_logins_at_once(app: &Arc<TestApp>, count: usize) -> Vec<Reply> {
    let barrier = Arc::new(Barrier::new(count));
    let mut all = JoinSet::new();
    for number in 0..count {
        let (app, barrier) = (app.clone(), barrier.clone());
        all.spawn(async move {
            barrier.wait().await;
            let address = format!("198.51.100.{number}");
            login_from(&app, &address, "ann@example.com", "Wrong1!aaaa").await
        });
    }
    all.join_all().await
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

async fn stop(app: Arc<TestApp>) {
    Arc::into_inner(app).expect("no request uses the app").stop().await;
}

on_every_database! {
    async fn of_a_hundred_concurrent_login_attempts_ten_are_checked_and_the_owner_still_logs_in(url: String) {
        let app = Arc::new(TestApp::start_with(url, BEHIND_PROXY).await);
        app.logged_in("ann@example.com").await;
        login_from(&app, HOME, "ann@example.com", PASSWORD).await.expect(201);
        let replies = fail_logins_at_once(&app, 100).await;
        assert_eq!((count(&replies, 401), count(&replies, 429)), (10, 90));
        let refused = login_from(&app, "192.0.2.1", "ann@example.com", "Wrong1!aaaa").await;
        let refused = refused.expect_problem(429, REFUSED);
        assert_eq!(refused.json()["code"], "too_many_requests");
        assert!((1..=60).contains(&refused.header("retry-after").parse::<u32>().unwrap()));
        login_from(&app, HOME, "ann@example.com", PASSWORD).await.expect(201);
        app.later(chrono::Duration::minutes(1));
        login_from(&app, "192.0.2.1", "ann@example.com", PASSWORD).await.expect(201);
        stop(app).await;
    }

    async fn without_limits_every_login_attempt_is_checked(url: String) {
        let app = Arc::new(TestApp::start(url).await);
        app.register("ann@example.com").await.expect(201);
        let replies = fail_logins_at_once(&app, 100).await;
        assert_eq!(count(&replies, 401), 100);
        stop(app).await;
    }

    async fn login_attempts_to_many_accounts_are_limited_by_an_unforgeable_ip_address(url: String) {
        let app = TestApp::start_with(url, BEHIND_PROXY).await;
        let mut checked = 0;
        for number in 0..130 {
            let claim = format!("192.0.2.{number}, {HOME}, 10.1.2.3");
            let reply = login_from(&app, &claim, &format!("user{number}@example.com"), PASSWORD).await;
            checked += usize::from(reply.status == 401);
        }
        assert_eq!(checked, 100);
        login_from(&app, "192.0.2.1", "user@example.com", PASSWORD).await.expect(401);
        app.stop().await;
    }

    async fn the_forwarded_address_of_an_untrusted_caller_is_ignored(url: String) {
        let app = TestApp::start_with(url, DIRECT).await;
        let mut checked = 0;
        for number in 0..130 {
            let claim = format!("192.0.2.{number}");
            let reply = login_from(&app, &claim, &format!("user{number}@example.com"), PASSWORD).await;
            checked += usize::from(reply.status == 401);
        }
        assert_eq!(checked, 100);
        app.stop().await;
    }

    async fn emails_are_limited_by_recipient_and_by_client(url: String) {
        let app = TestApp::start_with(url, BEHIND_PROXY).await;
        let paths = ["/accounts/register", "/accounts/activate/resend", "/accounts/password-reset/request"];
        for path in paths {
            let body = |email: &str| match path {
                "/accounts/register" => json!({"email": email, "password": PASSWORD}),
                _ => json!({"email": email}),
            };
            for number in 0..5 {
                let reply = post_from(&app, &format!("198.51.100.{number}"), path, body("ann@example.com")).await;
                assert_ne!(reply.status, 429, "{path}");
            }
            let refused = post_from(&app, "192.0.2.1", path, body("Ann@example.com")).await;
            let wait = refused.expect_problem(429, REFUSED).header("retry-after").parse::<u32>().unwrap();
            assert!((3_500..=3_600).contains(&wait), "{path}: {wait}");
            for number in 0..60 {
                let email = format!("user{number}@example.com");
                assert_ne!(post_from(&app, HOME, path, body(&email)).await.status, 429, "{path}");
            }
            post_from(&app, HOME, path, body("bob@example.com")).await.expect_problem(429, REFUSED);
        }
        app.stop().await;
    }

    async fn refreshes_of_a_session_are_limited(url: String) {
        let app = TestApp::start_with(url, &[("RATE_LIMIT", "on"), ("RATE_LIMIT_REFRESH_PER_SESSION", "3/1m")]).await;
        let (_, mut token) = app.logged_in("ann@example.com").await;
        let refresh = |token: &str| app.post("/accounts/refresh", json!({"refresh_token": token}));
        for _ in 0..3 {
            token = pair(&refresh(&token).await.expect(200)).1;
        }
        refresh(&token).await.expect_problem(429, REFUSED);
        let (_, other) = pair(&app.login("ann@example.com").await.expect(201));
        refresh(&other).await.expect(200);
        app.later(chrono::Duration::minutes(1));
        refresh(&token).await.expect(200);
        app.stop().await;
    }

    async fn two_processes_share_a_limit_and_permit_at_most_twice_as_many_while_redis_fails(url: String) {
        let Some(mut redis) = RedisServer::start().await else { return };
        let redis_url = redis.url();
        let variables = [BEHIND_PROXY, &[("REDIS_URL", redis_url.as_str()), ("SECRET_KEY", "Zk3Jr8vQ1nX5tB7cLw9sYd2fGh4mKp6u")]].concat();
        let one = TestApp::start_with(url.clone(), &variables).await;
        let other = TestApp::start_with(url, &variables).await;
        let attempts = async |email: &str, count: usize| {
            let mut checked = 0;
            for number in 0..count {
                for app in [&one, &other] {
                    let client = format!("198.51.100.{number}");
                    let reply = login_from(app, &client, email, "Wrong1!aaaa").await;
                    assert!(matches!(reply.status, 401 | 429), "{reply:?}");
                    checked += usize::from(reply.status == 401);
                }
            }
            checked
        };
        let state = async || one.get("/health/ready").await.expect(200).state_of("redis");
        let number = AtomicUsize::new(0);
        // Redis may not answer in time while the machine is busy: each try is another account.
        let limit_is_shared = || async {
            let account = number.fetch_add(1, Ordering::Relaxed);
            attempts(&format!("shared{account}@example.com"), 20).await == 10
        };
        eventually("the limit is shared", limit_is_shared).await;
        eventually("Redis is reported as available", || async { state().await == "ok" }).await;
        if !runs_in_full("failures of a Redis that two processes share") {
            one.stop().await;
            return other.stop().await;
        }

        assert_eq!(attempts("flushed@example.com", 3).await, 6);
        redis.command("FLUSHALL").await.unwrap();
        let flushed = 6 + attempts("flushed@example.com", 20).await;
        assert!((10..=20).contains(&flushed), "{flushed}");

        assert_eq!(attempts("paused@example.com", 3).await, 6);
        let started = Instant::now();
        attempts("usual@example.com", 20).await;
        let usual = started.elapsed();
        redis.pause();
        let started = Instant::now();
        let paused = 6 + attempts("paused@example.com", 20).await;
        assert!((10..=20).contains(&paused), "{paused}");
        // Waiting for Redis in each of the forty attempts takes at least ten seconds.
        let more = started.elapsed().saturating_sub(usual);
        assert!(more < Duration::from_secs(8), "{more:?} more than {usual:?}");
        eventually("Redis is reported as unavailable", || async { state().await == "unavailable" }).await;
        redis.resume();

        eventually("Redis is reported as available", || async { state().await == "ok" }).await;
        redis.kill();
        let killed = attempts("killed@example.com", 20).await;
        assert!((10..=20).contains(&killed), "{killed}");
        redis.restart().await;
        eventually("the limit is shared again", limit_is_shared).await;
        one.stop().await;
        other.stop().await;
    }
}
