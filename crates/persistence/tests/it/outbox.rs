use std::time::Duration;

use domain::{
    accounts::UserId,
    outbox::{OutboxId, OutboxReader},
    store::Begin,
};
use test_servers::on_every_database;

use crate::world::{activated, store};

on_every_database! {
    async fn messages_are_read_oldest_first_until_they_are_removed(url: String) {
        let store = store(&url).await;
        for number in 1..=3 {
            let unit = store.accounts.begin().await.unwrap();
            unit.outbox().post(activated(UserId(number))).await.unwrap();
            unit.commit().await.unwrap();
        }
        let entries = store.database.oldest(2).await.unwrap();
        let messages: Vec<_> =
            entries.iter().map(|entry| (entry.kind.as_str(), entry.subject.as_str())).collect();
        assert_eq!(messages, [("send_activated", "1"), ("send_activated", "2")]);
        store.database.remove(&[entries[0].id, OutboxId(999)]).await.unwrap();
        assert_eq!(store.database.oldest(10).await.unwrap().len(), 2);
    }

    async fn a_message_of_an_uncommitted_unit_of_work_is_not_read(url: String) {
        let store = store(&url).await;
        let unit = store.accounts.begin().await.unwrap();
        unit.outbox().post(activated(UserId(1))).await.unwrap();
        drop(unit);
        assert!(store.database.oldest(10).await.unwrap().is_empty());
    }

    async fn a_commit_sends_the_wake_up_signal(url: String) {
        let store = store(&url).await;
        let unit = store.accounts.begin().await.unwrap();
        unit.outbox().post(activated(UserId(1))).await.unwrap();
        unit.commit().await.unwrap();
        let notified = tokio::time::timeout(Duration::from_secs(1), async { store.database.wake_up().notified().await }).await;
        assert!(notified.is_ok());
    }
}
