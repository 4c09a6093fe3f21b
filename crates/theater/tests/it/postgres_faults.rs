//! A PostgreSQL that restarts, hangs or terminates all connections: callers get 503 with `Retry-After`, and the service
//! recovers without a restart.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use test_servers::{OwnPostgres, runs_in_full};

use crate::app::{PASSWORD, Reply, TestApp};

/// The guaranteed maximum of 3 s for a reply, and 1 s for a machine that is busy with other tests.
const USUAL_TIMEOUT: Duration = Duration::from_secs(4);
/// No single reply takes longer, however busy the machine is; without timeouts one takes as long as the database hangs.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Five seconds are guaranteed; the rest is for the same reason.
const RECOVERY: Duration = Duration::from_secs(20);

/// Reads and writes; each succeeds, or returns 503 with `Retry-After` within [`TIMEOUT`]. Returns whether both succeeded,
/// and the longest time of a reply.
async fn call(app: &TestApp, number: usize) -> (bool, Duration) {
    let read = app.request(Method::GET, "/theater/movies?per_page=1").header("cache-control", "no-cache");
    let body = json!({"email": format!("user-{number}@example.com"), "password": PASSWORD});
    let write = app.request(Method::POST, "/accounts/register").json(&body);
    let (mut succeeded, mut longest) = (true, Duration::ZERO);
    for (request, expected) in [(read, 200), (write, 201)] {
        let sent_at = Instant::now();
        let reply = Reply::of(request).await;
        longest = longest.max(sent_at.elapsed());
        assert!(longest < TIMEOUT, "{longest:?}: {reply:?}");
        if reply.status != expected {
            assert_eq!(reply.status, 503, "{reply:?}");
            assert!(!reply.header("retry-after").is_empty(), "{reply:?}");
            succeeded = false;
        }
    }
    (succeeded, longest)
}

/// Calls until both requests succeed.
async fn recovered(app: &TestApp, numbers: &mut std::ops::RangeFrom<usize>) {
    let since = Instant::now();
    while !call(app, numbers.next().unwrap()).await.0 {
        assert!(since.elapsed() < RECOVERY, "not recovered {:?} after the fault", since.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_recovers_from_a_database_that_restarts_hangs_or_terminates_connections() {
    if !runs_in_full("restarts and hangs of PostgreSQL") {
        return;
    }
    let Some(mut postgres) = OwnPostgres::start() else { return };
    let app = TestApp::start(postgres.url.clone()).await;
    let mut numbers = 0..;
    assert!(call(&app, numbers.next().unwrap()).await.0);

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
    let (paused_at, mut times) = (Instant::now(), Vec::new());
    while paused_at.elapsed() < Duration::from_secs(30) {
        let calls = (0..4).map(|_| numbers.next().unwrap()).map(|number| call(&app, number));
        for (succeeded, longest) in futures::future::join_all(calls).await {
            assert!(!succeeded, "a paused database answered");
            times.push(longest);
        }
    }
    times.sort_unstable();
    assert!(times[times.len() / 2] < USUAL_TIMEOUT, "{times:?}");
    postgres.resume();
    recovered(&app, &mut numbers).await;
    app.stop().await;
}
