//! A PostgreSQL that restarts, hangs, or throws everybody out: callers are told to come back, and nobody has to start the
//! service anew.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use test_support::OwnPostgres;

use crate::app::{PASSWORD, Reply, TestApp};

/// What the promise allows a caller to wait, 3 s, and a little for a machine that is busy with other tests.
const TIMEOUT: Duration = Duration::from_secs(4);
/// How long after the fault all must be well: 5 s, and a little for the same reason.
const RECOVERY: Duration = Duration::from_secs(6);

/// Reads and writes; each answers as if nothing were wrong, or tells soon to come back.
async fn call(app: &TestApp, number: usize) -> bool {
    let read = app.request(Method::GET, "/theater/movies?per_page=1").header("cache-control", "no-cache");
    let body = json!({"email": format!("user-{number}@example.com"), "password": PASSWORD});
    let write = app.request(Method::POST, "/accounts/register").json(&body);
    let mut good = true;
    for (request, expected) in [(read, 200), (write, 201)] {
        let asked_at = Instant::now();
        let reply = Reply::of(request).await;
        assert!(asked_at.elapsed() < TIMEOUT, "{:?}: {reply:?}", asked_at.elapsed());
        if reply.status != expected {
            assert_eq!(reply.status, 503, "{reply:?}");
            assert!(!reply.header("retry-after").is_empty(), "{reply:?}");
            good = false;
        }
    }
    good
}

/// Calls until all is well again.
async fn recovered(app: &TestApp, numbers: &mut std::ops::RangeFrom<usize>) {
    let since = Instant::now();
    while !call(app, numbers.next().unwrap()).await {
        assert!(since.elapsed() < RECOVERY, "not well {:?} after the fault", since.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_hangs_or_throws_everybody_out_costs_callers_a_moment() {
    let Some(mut postgres) = OwnPostgres::start() else { return };
    let app = TestApp::start(postgres.url.clone()).await;
    let mut numbers = 0..;
    assert!(call(&app, numbers.next().unwrap()).await);

    let mut connection = PgConnection::connect(&postgres.url).await.unwrap();
    for _ in 0..3 {
        let sql =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()";
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        call(&app, numbers.next().unwrap()).await;
        recovered(&app, &mut numbers).await;
    }
    connection.close().await.unwrap();

    postgres = tokio::task::spawn_blocking(move || {
        postgres.restart();
        postgres
    })
    .await
    .unwrap();
    recovered(&app, &mut numbers).await;

    postgres.pause();
    let paused_at = Instant::now();
    while paused_at.elapsed() < Duration::from_secs(30) {
        let calls = (0..4).map(|_| numbers.next().unwrap()).map(|number| call(&app, number));
        let outcomes = futures::future::join_all(calls).await;
        assert!(!outcomes.contains(&true), "a database that hangs answered");
    }
    postgres.resume();
    recovered(&app, &mut numbers).await;
    app.stop().await;
}
