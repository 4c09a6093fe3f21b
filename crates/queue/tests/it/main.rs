//! The relay and the worker over a real job engine, with a store in memory and a mailer whose failures the test sets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use application::{
    accounts::{AccountSettings, Accounts, Limits},
    mails::JobHandler,
    profiles::Profiles,
    retention::Retention,
};
use domain::{
    accounts::{AccountStatus, Email, Group, NewUser, PasswordHash},
    mail::Mail,
    outbox::Message,
    ports::{Clock, MailError, OutboxReader, UnitOfWorkFactory},
};
use queue::{JobQueue, relay, schedule, work};
use test_support::{
    CountingLimiter, CountingRandomness, ManualClock, MemoryObjects, MemoryStore, PlainHasher,
    PlainMailTokens, PlainProcessor, PlainSessionTokens, RecordingMailer, eventually, on_every_database,
};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

struct World {
    store: MemoryStore,
    mailer: Arc<RecordingMailer>,
    queue: JobQueue,
    stop: CancellationToken,
    running: JoinSet<()>,
}

impl World {
    async fn new(url: &str) -> Self {
        let queue = JobQueue::connect(url).await.unwrap();
        let stop = CancellationToken::new();
        Self { store: MemoryStore::default(), mailer: Arc::default(), queue, stop, running: JoinSet::new() }
    }

    fn relay(&mut self) {
        let (outbox, wake_up) = (Arc::new(self.store.clone()), Arc::new(Notify::new()));
        self.running.spawn(relay(outbox, self.queue.clone(), wake_up, self.stop.clone()));
    }

    fn work(&mut self, seed: u32) {
        self.work_at(seed, &Arc::new(ManualClock::default()));
    }

    fn work_at(&mut self, seed: u32, clock: &Arc<ManualClock>) {
        let randomness = CountingRandomness::default();
        (0..seed).for_each(|_| {
            domain::ports::Randomness::bits128(&randomness);
        });
        let accounts = Accounts {
            store: Arc::new(self.store.clone()),
            queries: Arc::new(self.store.clone()),
            hasher: Arc::new(PlainHasher::default()),
            session_tokens: Arc::new(PlainSessionTokens::default()),
            mail_tokens: Arc::new(PlainMailTokens),
            clock: clock.clone(),
            randomness: Arc::new(CountingRandomness::default()),
            limits: Limits { limiter: Arc::new(CountingLimiter::default()), rules: None },
            settings: AccountSettings::default(),
        };
        let retention = Retention {
            store: Arc::new(self.store.clone()),
            clock: clock.clone(),
            pending_account_ttl: chrono::Duration::days(30),
            profiles: Profiles {
                store: Arc::new(self.store.clone()),
                queries: Arc::new(self.store.clone()),
                accounts: Arc::new(self.store.clone()),
                objects: Arc::new(MemoryObjects::default()),
                avatars: Arc::new(PlainProcessor),
                clock: clock.clone(),
                randomness: accounts.randomness.clone(),
                limiter: accounts.limits.limiter.clone(),
                avatars_per_user: None,
            },
        };
        let job_handler = JobHandler { accounts, mailer: self.mailer.clone(), retention };
        self.running.spawn(work(self.queue.clone(), job_handler, Arc::new(randomness), self.stop.clone()));
    }

    /// Adds a user and posts the message that their account is active.
    async fn post_activated(&self, name: &str) {
        let unit = self.store.begin().await.unwrap();
        let user = NewUser {
            email: Email::parse(&format!("{name}@example.com")).unwrap(),
            password_hash: PasswordHash::new("x".into()),
            group: Group::User,
            status: AccountStatus::Pending,
            created_at: ManualClock::default().now(),
        };
        let user = unit.users().add(&user).await.unwrap();
        unit.outbox().post(Message::SendActivated(user.id)).await.unwrap();
        unit.commit().await.unwrap();
    }

    fn recipients(&self) -> Vec<String> {
        let mut all: Vec<_> = self.mailer.sent().iter().map(|mail: &Mail| mail.to.to_string()).collect();
        all.sort();
        all
    }

    async fn sent(&self, count: usize) {
        eventually("the emails are sent", || async { self.mailer.sent().len() >= count }).await;
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
            world.post_activated(&format!("user{number}")).await;
        }
        world.relay();
        world.work(1);
        world.sent(150).await;
        assert!(world.store.outbox().is_empty());
        let recipients: std::collections::BTreeSet<_> = world.recipients().into_iter().collect();
        assert_eq!((recipients.len(), world.mailer.sent().len()), (150, 150));
        world.stop().await;
    }

    async fn two_relays_and_two_workers_handle_every_message_once(url: String) {
        let mut world = World::new(&url).await;
        for number in 0..60 {
            world.post_activated(&format!("user{number}")).await;
        }
        world.relay();
        world.relay();
        world.work(1);
        world.work(100);
        world.sent(60).await;
        eventually("the outbox is empty", || async { world.store.outbox().is_empty() }).await;
        let recipients: std::collections::BTreeSet<_> = world.recipients().into_iter().collect();
        assert_eq!((recipients.len(), world.mailer.sent().len()), (60, 60));
        world.stop().await;
    }

    async fn a_transient_failure_is_retried(url: String) {
        let mut world = World::new(&url).await;
        world.mailer.fail_next(MailError::Transient("421".into()));
        world.post_activated("ann").await;
        world.relay();
        world.work(1);
        world.sent(1).await;
        assert_eq!(world.recipients(), ["ann@example.com"]);
        world.stop().await;
    }

    async fn a_permanently_refused_email_delays_no_other_and_is_not_retried(url: String) {
        let mut world = World::new(&url).await;
        world.mailer.fail_next(MailError::Permanent("550".into()));
        world.post_activated("refused").await;
        world.relay();
        world.work(1);
        eventually("the outbox is empty", || async { world.store.outbox().is_empty() }).await;
        world.post_activated("ann").await;
        world.sent(1).await;
        world.post_activated("bob").await;
        world.sent(2).await;
        assert!(!world.recipients().iter().all(|address| address == "refused@example.com"));
        assert_eq!(world.mailer.sent().len(), 2);
        world.stop().await;
    }

    async fn an_unavailable_store_loses_no_message(url: String) {
        let mut world = World::new(&url).await;
        world.post_activated("ann").await;
        world.store.break_down();
        world.relay();
        world.work(1);
        assert!(world.store.oldest(1).await.is_err());
        world.store.repair();
        world.sent(1).await;
        world.stop().await;
    }

    async fn a_job_enqueued_before_a_restart_is_handled_after_it(url: String) {
        let mut world = World::new(&url).await;
        world.post_activated("ann").await;
        world.relay();
        eventually("the outbox is empty", || async { world.store.outbox().is_empty() }).await;
        let store = world.store.clone();
        world.stop().await;
        let mut world = World::new(&url).await;
        world.store = store;
        world.work(1);
        world.sent(1).await;
        world.stop().await;
    }

    async fn the_scheduled_cleanup_runs_with_several_schedulers(url: String) {
        let mut world = World::new(&url).await;
        world.post_activated("ann").await;
        let clock = Arc::new(ManualClock::default());
        clock.advance(chrono::Duration::days(31));
        for _ in 0..3 {
            world.running.spawn(schedule(world.queue.clone(), clock.clone(), world.stop.clone()));
        }
        world.work_at(1, &clock);
        eventually("the account that was never activated is removed", || async { world.store.users().is_empty() }).await;
        world.stop().await;
    }

    async fn a_dead_job_is_listed_and_revived_or_purged(url: String) {
        let mut world = World::new(&url).await;
        for _ in 0..2 {
            world.mailer.fail_next(MailError::Permanent("550 no such mailbox".into()));
        }
        world.post_activated("ann").await;
        world.post_activated("bob").await;
        world.relay();
        world.work(1);
        eventually("both jobs are dead", || async { world.queue.dead().await.unwrap().len() == 2 }).await;
        let dead = world.queue.dead().await.unwrap();
        assert_eq!((dead[0].message.as_str(), dead[0].reason.as_str()), ("send_activated", "550 no such mailbox"));
        assert!(world.mailer.sent().is_empty());
        assert_eq!(world.queue.revive(Some("nothing")).await.unwrap(), 0);
        assert_eq!(world.queue.revive(Some(&dead[0].id)).await.unwrap(), 1);
        world.sent(1).await;
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
    for round in 0..20 {
        let url = format!("sqlite://{}/{round}.sqlite", folder.path().display());
        let callers = (0..4).map(|_| {
            let url = url.clone();
            async move { JobQueue::connect(&url).await.map(drop) }
        });
        let outcomes = callers.collect::<JoinSet<_>>().join_all().await;
        assert!(outcomes.iter().all(Result::is_ok), "round {round}: {outcomes:?}");
    }
}
