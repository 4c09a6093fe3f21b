//! Reads outside units of work, and the connections that they keep.

use std::{sync::Arc, thread, time::Duration};

use domain::ports::UnitOfWorkFactory;
use persistence::{Pools, Store, connect};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use test_support::{CountingRandomness, TestDatabase, eventually, on_every_database};
use tokio::time::timeout;

/// Well below what a caller waits for a free connection.
const SOON: Duration = Duration::from_millis(1_500);

/// With so few connections one alone may be kept.
async fn opened(url: &str) -> (Pools, Store) {
    let pools = connect(url, 2).await.unwrap();
    (pools.clone(), Store::new(pools, Arc::new(CountingRandomness::default())))
}

async fn read(pools: &Pools, sql: &str) -> Result<Option<QueryResult>, DbErr> {
    let statement = Statement::from_string(pools.reader.get_database_backend(), sql);
    pools.reader.query_one_raw(statement).await
}

/// The number of the server's process that answers a read.
async fn session(pools: &Pools) -> i32 {
    let row = read(pools, "SELECT pg_backend_pid() AS pid").await.unwrap().unwrap();
    row.try_get("", "pid").unwrap()
}

/// How many connections of the pool for reads are open, and how many of them nobody uses.
fn open_and_idle(pools: &Pools) -> (u32, u32) {
    let usage = pools.usage().swap_remove(0);
    (usage.open, usage.idle)
}

on_every_database! {
    async fn a_unit_of_work_gets_the_connection_that_a_read_has_kept(url: String) {
        let (pools, store) = opened(&url).await;
        read(&pools, "SELECT 1").await.unwrap();
        let first = timeout(SOON, store.begin()).await.unwrap().unwrap();
        // SQLite has one writer.
        if url.starts_with("postgres") {
            let second = timeout(SOON, store.begin()).await.expect("nobody else needs it").unwrap();
            second.rollback().await.unwrap();
        }
        first.rollback().await.unwrap();
    }

    async fn readers_share_few_connections(url: String) {
        let (pools, _) = opened(&url).await;
        let reading = (0..40).map(|_| {
            let pools = pools.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    read(&pools, "SELECT 1").await.unwrap();
                }
            })
        });
        for task in reading.collect::<Vec<_>>() {
            timeout(Duration::from_secs(20), task).await.unwrap().unwrap();
        }
        eventually("everybody gave back what they had", async || {
            let (open, idle) = open_and_idle(&pools);
            open <= 2 && open == idle
        })
        .await;
    }
}

#[tokio::test]
async fn who_waits_gets_the_connection_of_one_who_never_stops_reading() {
    test_support::run(TestDatabase::postgres().await, async |url: String| {
        let (pools, store) = opened(&url).await;
        let reading = tokio::spawn({
            let pools = pools.clone();
            async move {
                loop {
                    read(&pools, "SELECT 1").await.unwrap();
                }
            }
        });
        let first = timeout(SOON, store.begin()).await.unwrap().unwrap();
        let second = timeout(SOON, store.begin()).await.expect("reads end all the time").unwrap();
        reading.abort();
        second.rollback().await.unwrap();
        first.rollback().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_the_server_ended_meanwhile_is_not_used() {
    test_support::run(TestDatabase::postgres().await, async |url: String| {
        let (pools, _) = opened(&url).await;
        let own = session(&pools).await;
        let (others, _) = opened(&url).await;
        read(&others, &format!("SELECT pg_terminate_backend({own})")).await.unwrap();
        // Whoever comes at once may still meet it; the next one does not.
        let _ = read(&pools, "SELECT 1").await;
        read(&pools, "SELECT 1").await.unwrap();
        assert_ne!(session(&pools).await, own);
    })
    .await;
}

#[test]
fn what_is_kept_goes_when_the_runtime_has_gone() {
    let keeper = |url: String| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let pools = runtime.block_on(async {
            let (pools, _) = opened(&url).await;
            read(&pools, "SELECT 1").await.unwrap();
            pools
        });
        drop(runtime);
        drop(pools);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        test_support::run(TestDatabase::postgres().await, async |url: String| {
            thread::spawn(move || keeper(url)).join().expect("nothing needs the runtime any more");
        })
        .await;
    });
}
