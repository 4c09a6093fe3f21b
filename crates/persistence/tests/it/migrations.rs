use domain::catalogue::CatalogueQueries;
use persistence::{connect, migrate_down, migrate_up, migration_states};
use sea_orm::ConnectionTrait;
use test_servers::{on_every_database, size};

use crate::world::{Stores, add_user, create_movie, draft};

on_every_database! {
    async fn every_migration_is_reversible_and_can_be_applied_again(url: String) {
        let database = connect(&url, 4).await.unwrap().writer;
        let applied = || async { migration_states(&database).await.unwrap().iter().filter(|s| s.applied).count() };
        migrate_up(&database).await.unwrap();
        let all = applied().await;
        assert!(all >= 3);
        migrate_down(&database, 1).await.unwrap();
        assert_eq!(applied().await, all - 1);
        migrate_down(&database, u32::try_from(all).unwrap() - 1).await.unwrap();
        assert_eq!(applied().await, 0);
        migrate_up(&database).await.unwrap();
        assert_eq!(applied().await, all);
    }

    async fn a_database_of_another_version_is_refused_and_not_changed(url: String) {
        let database = connect(&url, 4).await.unwrap().writer;
        migrate_up(&database).await.unwrap();
        migrate_down(&database, 1).await.unwrap();
        let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_future', 0)";
        database.execute_unprepared(insert).await.unwrap();
        let up = migrate_up(&database).await.unwrap_err().to_string();
        assert!(up.contains("that this version does not know, m20991231_000001_future: revert it"), "{up}");
        assert_eq!(migrate_down(&database, 1).await.unwrap_err().to_string(), up);
        assert_eq!(migration_states(&database).await.unwrap_err().to_string(), up);
        database.execute_unprepared("DELETE FROM seaql_migrations WHERE applied_at = 0").await.unwrap();
        let states = migration_states(&database).await.unwrap();
        assert_eq!(states.iter().filter(|state| !state.applied).count(), 1);
    }

    async fn applied_migrations_are_skipped_and_data_is_preserved(url: String) {
        let pools = connect(&url, 4).await.unwrap();
        migrate_up(&pools.writer).await.unwrap();
        let store = Stores::on(pools.clone());
        add_user(&store, "ann@example.com").await;
        create_movie(&store, &draft("Amélie")).await;
        migrate_up(&pools.writer).await.unwrap();
        assert_eq!(store.catalogue.count().await.unwrap(), 1);
    }

    async fn concurrent_migrations_are_applied_once(url: String) {
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let url = url.clone();
            all.spawn(async move {
                let pools = connect(&url, 2).await.unwrap();
                migrate_up(&pools.writer).await.unwrap();
                migration_states(&pools.writer).await.unwrap().len()
            });
        }
        while let Some(outcome) = all.join_next().await {
            assert!(outcome.unwrap() >= 3);
        }
    }
}

/// When two connections switch a file to write-ahead logging concurrently, SQLite refuses one of them without waiting.
#[tokio::test]
async fn a_missing_file_is_created_and_opened_by_concurrent_connections() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..size(20, 200) {
        let url = format!("sqlite://{}/{round}.sqlite", folder.path().display());
        let callers = (0..8).map(|_| {
            let url = url.clone();
            async move { connect(&url, 1).await.map(drop) }
        });
        let outcomes = callers.collect::<tokio::task::JoinSet<_>>().join_all().await;
        assert!(outcomes.iter().all(Result::is_ok), "round {round}: {outcomes:?}");
    }
}
