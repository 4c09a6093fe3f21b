//! The relay and the worker over a real job engine, with a store in memory and a handler whose failures the test sets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use application::jobs::{JobError, JobHandler, JobRegistry, Outcome};
use async_trait::async_trait;
use domain::{
    outbox::{Message, OutboxEntry, OutboxReader},
    store::UnitOfWork,
};
use queue::{JobQueue, relay, schedule, work};
use test_fakes::{CountingRandomness, ManualClock, MemoryStore};
use test_servers::{eventually, on_every_database, size};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Kind of the messages in these tests.
const GREET: &str = "greet";

/// Records the subjects that it processes, after the failures that a test requested.
#[derive(Default)]
struct Recorder {
    processed: Mutex<Vec<String>>,
    failures: Mutex<VecDeque<JobError>>,
}

#[async_trait]
impl JobHandler for Recorder {
    async fn handle(&self, entry: &OutboxEntry) -> Option<Result<Outcome, JobError>> {
        if entry.kind != GREET {
            return None;
        }
        if let Some(failure) = self.failures.lock().unwrap().pop_front() {
            return Some(Err(failure));
        }
        self.processed.lock().unwrap().push(entry.subject.clone());
        Some(Ok(Outcome::Done))
    }
}

impl Recorder {
    fn fail_next(&self, failure: JobError) {
        self.failures.lock().unwrap().push_back(failure);
    }

    /// The processed subjects in alphabetical order.
    fn processed(&self) -> Vec<String> {
        let mut all = self.processed.lock().unwrap().clone();
        all.sort();
        all
    }
}

fn greet(name: &str) -> Message {
    Message { kind: GREET, subject: name.to_owned() }
}

struct World {
    store: MemoryStore,
    recorder: Arc<Recorder>,
    queue: JobQueue,
    stop: CancellationToken,
    running: JoinSet<()>,
}

impl World {
    async fn new(url: &str) -> Self {
        let queue = JobQueue::connect(url).await.unwrap();
        let stop = CancellationToken::new();
        Self { store: MemoryStore::default(), recorder: Arc::default(), queue, stop, running: JoinSet::new() }
    }

    fn relay(&mut self) {
        let (outbox, wake_up) = (Arc::new(self.store.clone()), Arc::new(Notify::new()));
        self.running.spawn(relay(outbox, self.queue.clone(), wake_up, self.stop.clone()));
    }

    fn work(&mut self, seed: u32) {
        let randomness = CountingRandomness::default();
        (0..seed).for_each(|_| {
            domain::environment::Randomness::bits128(&randomness);
        });
        let registry = JobRegistry::new([self.recorder.clone() as Arc<dyn JobHandler>]);
        self.running.spawn(work(self.queue.clone(), registry, Arc::new(randomness), self.stop.clone()));
    }

    async fn post(&self, name: &str) {
        let unit = self.store.unit().await.unwrap();
        unit.outbox().post(greet(name)).await.unwrap();
        Box::new(unit).commit().await.unwrap();
    }

    async fn processed(&self, count: usize) {
        eventually("the messages are processed", || async { self.recorder.processed().len() >= count }).await;
    }

    async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.running.join_next().await {
            ended.unwrap();
        }
        self.queue.close().await;
    }
}

on_every_database! {
    async fn every_message_is_handled_once_and_removed_from_the_outbox(url: String) {
        let mut world = World::new(&url).await;
        for number in 0..150 {
            world.post(&format!("user{number}")).await;
        }
        world.relay();
        world.work(1);
        world.processed(150).await;
        eventually("the outbox is empty", || async { world.store.outbox().is_empty() }).await;
        let distinct: std::collections::BTreeSet<_> = world.recorder.processed().into_iter().collect();
        assert_eq!((distinct.len(), world.recorder.processed().len()), (150, 150));
        world.stop().await;
    }

    async fn two_relays_and_two_workers_handle_every_message_once(url: String) {
        let mut world = World::new(&url).await;
        for number in 0..60 {
            world.post(&format!("user{number}")).await;
        }
        world.relay();
        world.relay();
        world.work(1);
        world.work(100);
        world.processed(60).await;
        eventually("the outbox is empty", || async { world.store.outbox().is_empty() }).await;
        let distinct: std::collections::BTreeSet<_> = world.recorder.processed().into_iter().collect();
        assert_eq!((distinct.len(), world.recorder.processed().len()), (60, 60));
        world.stop().await;
    }

    async fn a_transient_failure_is_retried(url: String) {
        let mut world = World::new(&url).await;
        world.recorder.fail_next(JobError::Transient("421".into()));
        world.post("ann").await;
        world.relay();
        world.work(1);
        world.processed(1).await;
        assert_eq!(world.recorder.processed(), ["ann"]);
        world.stop().await;
    }

    async fn a_permanently_failed_message_delays_no_other_and_is_not_retried(url: String) {
        let mut world = World::new(&url).await;
        world.recorder.fail_next(JobError::Permanent("550".into()));
        world.post("refused").await;
        world.relay();
        world.work(1);
        eventually("the outbox is empty", || async { world.store.outbox().is_empty() }).await;
        world.post("ann").await;
        world.processed(1).await;
        world.post("bob").await;
        world.processed(2).await;
        assert_eq!(world.recorder.processed(), ["ann", "bob"]);
        world.stop().await;
    }

    async fn an_unavailable_store_loses_no_message(url: String) {
        let mut world = World::new(&url).await;
        world.post("ann").await;
        world.store.break_down();
        world.relay();
        world.work(1);
        assert!(world.store.oldest(1).await.is_err());
        world.store.repair();
        world.processed(1).await;
        world.stop().await;
    }

    async fn a_job_enqueued_before_a_restart_is_handled_after_it(url: String) {
        let mut world = World::new(&url).await;
        world.post("ann").await;
        world.relay();
        eventually("the outbox is empty", || async { world.store.outbox().is_empty() }).await;
        let store = world.store.clone();
        world.stop().await;
        let mut world = World::new(&url).await;
        world.store = store;
        world.work(1);
        world.processed(1).await;
        world.stop().await;
    }

    async fn a_scheduled_message_is_handled_once_an_hour_with_several_schedulers(url: String) {
        let mut world = World::new(&url).await;
        let clock = Arc::new(ManualClock::default());
        for _ in 0..3 {
            let (queue, stop) = (world.queue.clone(), world.stop.clone());
            world.running.spawn(schedule(queue, vec![greet("hourly")], clock.clone(), stop));
        }
        world.relay();
        world.work(1);
        world.processed(1).await;
        // Posted later, so that a second scheduled message would be handled before.
        world.post("last").await;
        eventually("the last message is processed", || async {
            world.recorder.processed().contains(&"last".to_owned())
        })
        .await;
        assert_eq!(world.recorder.processed(), ["hourly", "last"]);
        world.stop().await;
    }

    async fn a_dead_job_is_listed_and_revived_or_purged(url: String) {
        let mut world = World::new(&url).await;
        for _ in 0..2 {
            world.recorder.fail_next(JobError::Permanent("550 no such mailbox".into()));
        }
        world.post("ann").await;
        world.post("bob").await;
        world.relay();
        world.work(1);
        eventually("both jobs are dead", || async { world.queue.dead().await.unwrap().len() == 2 }).await;
        let dead = world.queue.dead().await.unwrap();
        assert_eq!((dead[0].message.as_str(), dead[0].reason.as_str()), (GREET, "550 no such mailbox"));
        assert!(world.recorder.processed().is_empty());
        assert_eq!(world.queue.revive(Some("nothing")).await.unwrap(), 0);
        assert_eq!(world.queue.revive(Some(&dead[0].id)).await.unwrap(), 1);
        world.processed(1).await;
        assert_eq!(world.queue.dead().await.unwrap(), dead[1..]);
        assert_eq!(world.queue.purge().await.unwrap(), 1);
        assert!(world.queue.dead().await.unwrap().is_empty());
        assert_eq!(world.queue.revive(None).await.unwrap(), 0);
        world.stop().await;
    }
}

/// SQLite and the job engine each refuse some of the connections that concurrently create one file or its tables.
#[tokio::test]
async fn a_missing_queue_is_created_and_opened_by_concurrent_connections() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..size(5, 20) {
        let url = format!("sqlite://{}/{round}.sqlite", folder.path().display());
        let callers = (0..4).map(|_| {
            let url = url.clone();
            async move { JobQueue::connect(&url).await.map(drop) }
        });
        let outcomes = callers.collect::<JoinSet<_>>().join_all().await;
        assert!(outcomes.iter().all(Result::is_ok), "round {round}: {outcomes:?}");
    }
}
