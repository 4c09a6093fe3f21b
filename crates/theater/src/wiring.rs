//! Connects every port to its adapter, one file for each context.

use std::sync::Arc;

use anyhow::Context;
use api::{Dependencies, Services};
use application::{
    jobs::{JobHandler, JobRegistry},
    retention::{Purge, Retention},
};
use domain::{
    environment::{Clock, Randomness},
    health::HealthProbe,
    rate_limit::RateLimiter,
};
use limits::{Limiter, SharedCounter};
use persistence::{CatalogueStore, Database, Pools};
use queue::JobQueue;
use secrecy::ExposeSecret;
use security::{BcryptHasher, KeyRing, OsRandomness, SystemClock};
use storage::S3Store;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{self, Config};

mod accounts;
mod catalogue;
mod data_folder;
mod database;
mod mail;
mod objects;
mod profiles;

pub use data_folder::{DataFolder, sqlite_url};

/// What the contexts share.
#[derive(Clone)]
struct Foundation {
    database: Database,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    keys: Arc<KeyRing>,
    limiter: Arc<dyn RateLimiter>,
}

/// The service with all its adapters.
#[derive(Clone)]
pub struct Wired {
    /// Use cases and adapters of the HTTP handlers.
    pub services: Services,
    /// Removes expired data.
    pub retention: Retention,
    /// The database.
    pub database: Database,
    /// The connection pools of the database, for migrations.
    pub pools: Pools,
    jobs: JobRegistry,
    foundation: Foundation,
    catalogue: CatalogueStore,
    hasher: Arc<BcryptHasher>,
    database_url: String,
    queue_url: String,
    s3: Option<S3Store>,
}

impl Wired {
    /// Creates all adapters and connects to the database. Creates the data folder, the generated secret and the SQLite file
    /// if they are missing; applies no migrations.
    pub async fn new(config: &Config) -> anyhow::Result<Self> {
        Self::with_clock(config, Arc::new(SystemClock)).await
    }

    /// Does the same as [`Self::new`] with this clock.
    pub async fn with_clock(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let folder = DataFolder::open(&config.storage.folder)?;
        let database_url = database::url(config, &folder);
        let queue_url = database::queue_url(&database_url, &folder);
        let pools = database::connect(&database_url, &config.database).await?;
        let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
        let database = Database::new(pools.clone(), randomness.clone());
        let keys = Arc::new(key_ring(config, &folder, &*randomness)?);
        let redis = shared_counter(&config.limits)?;
        let limiter = Arc::new(Limiter::new(clock.clone(), redis.clone(), keys.limit_secret()));
        let foundation =
            Foundation { database: database.clone(), clock: clock.clone(), randomness, keys, limiter };
        let mail = mail::open(config, folder.path(), clock.clone())?;
        let objects = objects::Objects::open(config, folder.path(), clock)?;

        let accounts = accounts::wire(&foundation, config, mail.mailer)?;
        let profiles =
            profiles::wire(&foundation, config, accounts.accounts.queries.clone(), objects.store.clone())?;
        let catalogue = catalogue::wire(&foundation, config);

        let expiring: [Arc<dyn Purge>; 2] = [Arc::new(accounts.retention), Arc::new(profiles.clone())];
        let retention = Retention::new(expiring);
        let handlers: [Arc<dyn JobHandler>; 3] =
            [Arc::new(accounts.jobs), Arc::new(profiles.clone()), Arc::new(retention.clone())];
        let jobs = JobRegistry::new(handlers);
        let probe: Arc<dyn HealthProbe> = Arc::new(database::DatabaseProbe(database.clone()));
        let redis = redis.map(|counter| counter as Arc<dyn HealthProbe>);
        let probes = [probe, objects.probe.clone(), mail.probe].into_iter().chain(redis).collect();
        let services = Services {
            randomness: foundation.randomness.clone(),
            accounts: accounts.accounts,
            profiles,
            catalogue: catalogue.catalogue,
            replies: catalogue.replies,
            mailbox: mail.mailbox,
            home_url: config.server.home_url.as_deref().map(Arc::from),
            // The service itself serves the objects of a folder.
            media: objects.s3.is_none().then_some(objects.store),
            dependencies: Arc::new(Dependencies::new(probes)),
        };
        Ok(Self {
            services,
            retention,
            database,
            pools,
            jobs,
            foundation,
            catalogue: catalogue.store,
            hasher: accounts.hasher,
            database_url,
            queue_url,
            s3: objects.s3,
        })
    }

    /// Returns the number of callers that wait for a password to be hashed.
    #[must_use]
    pub fn hashing_waiting(&self) -> usize {
        self.hasher.waiting()
    }

    /// Applies all pending migrations.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        persistence::migrate_up(&self.pools.writer).await.context("the migrations cannot be applied")
    }

    /// Creates the bucket of the object store if it is missing. If that fails, the service runs without pictures.
    pub async fn prepare_objects(&self) {
        if let Some(s3) = &self.s3
            && let Err(error) = s3.ensure_bucket().await
        {
            tracing::warn!(%error, "pictures cannot be stored until the object store answers");
        }
    }

    /// Connects to the job queue and migrates its tables.
    pub async fn queue(&self) -> anyhow::Result<JobQueue> {
        JobQueue::connect(&self.queue_url).await.context("the job queue cannot be opened")
    }

    /// Refuses all callers that wait for a password to be hashed, so that a shutdown does not wait for them.
    pub fn stop_hashing(&self) {
        self.hasher.close();
    }

    /// Starts the change listener, the relay, the schedule and, if `with_worker`, the worker. They end when `stop` is
    /// cancelled.
    #[must_use]
    pub fn start_jobs(&self, queue: JobQueue, with_worker: bool, stop: &CancellationToken) -> JoinSet<()> {
        let Foundation { clock, randomness, .. } = &self.foundation;
        let mut jobs = JoinSet::new();
        let catalogue = Arc::new(self.catalogue.clone());
        jobs.spawn(catalogue.listen_for_changes(self.database_url.clone(), stop.clone()));
        let outbox = Arc::new(self.database.clone());
        jobs.spawn(queue::relay(outbox, queue.clone(), self.database.wake_up(), stop.clone()));
        let hourly = vec![Retention::message()];
        jobs.spawn(queue::schedule(queue.clone(), hourly, clock.clone(), stop.clone()));
        if with_worker {
            jobs.spawn(queue::work(queue, self.jobs.clone(), randomness.clone(), stop.clone()));
        }
        jobs
    }
}

fn shared_counter(limits: &config::Limits) -> anyhow::Result<Option<Arc<SharedCounter>>> {
    let url = limits.redis_url.as_ref().filter(|_| limits.rules.is_some());
    let counter = url.map(|url| SharedCounter::new(url.expose_secret()).context("REDIS_URL")).transpose()?;
    Ok(counter.map(Arc::new))
}

fn key_ring(config: &Config, folder: &DataFolder, randomness: &dyn Randomness) -> anyhow::Result<KeyRing> {
    let current = match &config.accounts.secret_key {
        Some(secret) => secret.clone(),
        None => folder.secret(randomness)?,
    };
    KeyRing::new(&current, &config.accounts.secret_key_fallbacks).context("SECRET_KEY")
}
