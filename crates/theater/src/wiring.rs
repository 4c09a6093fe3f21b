//! Connects every port to its adapter.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use api::{Dependencies, ReplyCache, Services};
use application::{
    accounts::{Accounts, Limits},
    catalogue::Catalogue,
    mails::JobHandler,
    profiles::Profiles,
    retention::Retention,
};
use domain::ports::{Clock, HealthProbe, MailTokens, Mailbox, Mailer, ObjectStore, Randomness};
use limits::{Limiter, SharedCounter};
use mail::{MailboxMailer, SmtpMailer, Templates};
use persistence::{Pools, Store};
use queue::JobQueue;
use secrecy::ExposeSecret;
use security::{
    BcryptHasher, HashingLimits, HmacMailTokens, JwtSessionTokens, KeyRing, OsRandomness, SystemClock,
};
use storage::{FolderStore, ImageProcessor, S3Settings, S3Store};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{self, Config};

mod data_folder;
mod probes;

pub use data_folder::{DataFolder, sqlite_url};

/// Timeout of one attempt to connect to the database.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Delay before the next attempt.
const CONNECT_RETRY_DELAY: Duration = Duration::from_millis(500);

/// The service with all its adapters.
#[derive(Clone)]
pub struct Wired {
    /// Use cases and adapters of the HTTP handlers.
    pub services: Services,
    /// Handles the messages of jobs.
    pub job_handler: JobHandler,
    /// The database adapter.
    pub store: Store,
    /// The connection pools of `store`, for migrations.
    pub pools: Pools,
    hasher: Arc<BcryptHasher>,
    database_url: String,
    queue_url: String,
    s3: Option<S3Store>,
}

impl Wired {
    /// Creates all adapters and connects to the database. Creates the data folder, the generated secret and the SQLite file
    /// if they are missing; applies no migrations.
    ///
    /// # Errors
    ///
    /// Returns what is missing and what to do about it.
    pub async fn new(config: &Config) -> anyhow::Result<Self> {
        Self::with_clock(config, Arc::new(SystemClock)).await
    }

    /// Does the same as [`Self::new`] with this clock.
    ///
    /// # Errors
    ///
    /// Returns what is missing and what to do about it.
    pub async fn with_clock(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let folder = DataFolder::open(&config.storage.folder)?;
        let database_url = database_url(config, &folder);
        let pools = connect(&database_url, &config.database).await?;
        let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
        let store = Store::new(pools.clone(), randomness.clone());
        let keys = key_ring(config, &folder, &*randomness)?;
        let mail_tokens: Arc<dyn MailTokens> = Arc::new(HmacMailTokens::new(&keys));
        let limits = HashingLimits {
            max_wait: config.accounts.hashing_max_wait,
            ..HashingLimits::with_cost(config.accounts.bcrypt_cost)
        };
        let hasher = Arc::new(BcryptHasher::start(limits).context("no thread can be started")?);
        let shared = shared_counter(&config.limits)?;
        let limiter = Arc::new(Limiter::new(clock.clone(), shared.clone(), keys.limit_secret()));
        let accounts = Accounts {
            store: Arc::new(store.clone()),
            queries: Arc::new(store.clone()),
            hasher: hasher.clone(),
            session_tokens: Arc::new(JwtSessionTokens::new(&keys, randomness.clone())),
            mail_tokens,
            clock: clock.clone(),
            randomness,
            limits: Limits { limiter: limiter.clone(), rules: config.limits.rules },
            settings: config.accounts.settings,
        };
        let catalogue = Catalogue { store: Arc::new(store.clone()), queries: Arc::new(store.clone()) };
        let objects = Objects::open(config, folder.path(), clock.clone())?;
        let profiles = Profiles {
            store: Arc::new(store.clone()),
            queries: Arc::new(store.clone()),
            accounts: Arc::new(store.clone()),
            objects: objects.store.clone(),
            avatars: Arc::new(ImageProcessor::start().context("no thread can be started")?),
            clock: clock.clone(),
            randomness: accounts.randomness.clone(),
            limiter,
            avatars_per_user: config.limits.avatars_per_user,
        };
        let MailAdapters { mailer, mailbox, probe: mail } = mailer(config, folder.path(), clock.clone())?;
        let retention = Retention {
            store: Arc::new(store.clone()),
            clock,
            pending_account_ttl: config.accounts.pending_account_ttl,
            profiles: profiles.clone(),
        };
        let job_handler = JobHandler { accounts: accounts.clone(), mailer, retention };
        let database: Arc<dyn HealthProbe> = Arc::new(probes::Database(store.clone()));
        let redis = shared.map(|shared| shared as Arc<dyn HealthProbe>);
        let probes = [database, objects.probe.clone(), mail].into_iter().chain(redis).collect();
        let dependencies = Arc::new(Dependencies::new(probes));
        let media = objects.embedded();
        let replies = reply_cache(&config.catalogue, &store);
        let home_url = config.server.home_url.as_deref().map(Arc::from);
        let services =
            Services { accounts, profiles, catalogue, replies, mailbox, home_url, media, dependencies };
        let queue_url = match &config.database.url {
            Some(_) if !database_url.starts_with("sqlite:") => database_url.clone(),
            _ => sqlite_url(&folder.path().join("queue.sqlite")),
        };
        Ok(Self { services, job_handler, store, pools, hasher, database_url, queue_url, s3: objects.s3 })
    }

    /// Returns the number of callers that wait for a password to be hashed.
    #[must_use]
    pub fn hashing_waiting(&self) -> usize {
        self.hasher.waiting()
    }

    /// Applies all pending migrations.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
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
    ///
    /// # Errors
    ///
    /// Returns the error of the queue.
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
        let mut jobs = JoinSet::new();
        let outbox = Arc::new(self.store.clone());
        jobs.spawn(outbox.clone().listen_for_changes(self.database_url.clone(), stop.clone()));
        jobs.spawn(queue::relay(outbox, queue.clone(), self.store.wake_up(), stop.clone()));
        let clock = self.services.accounts.clock.clone();
        jobs.spawn(queue::schedule(queue.clone(), clock, stop.clone()));
        if with_worker {
            let randomness = self.services.accounts.randomness.clone();
            jobs.spawn(queue::work(queue, self.job_handler.clone(), randomness, stop.clone()));
        }
        jobs
    }
}

fn reply_cache(catalogue: &config::Catalogue, store: &Store) -> Option<ReplyCache> {
    let config::Catalogue { cache_bytes, cache_max_age } = *catalogue;
    (cache_bytes > 0).then(|| ReplyCache::new(cache_bytes, cache_max_age, Arc::new(store.clone())))
}

fn shared_counter(limits: &config::Limits) -> anyhow::Result<Option<Arc<SharedCounter>>> {
    let url = limits.redis_url.as_ref().filter(|_| limits.rules.is_some());
    let counter = url.map(|url| SharedCounter::new(url.expose_secret()).context("REDIS_URL")).transpose()?;
    Ok(counter.map(Arc::new))
}

/// The adapters of the picture store: an S3 object store or, if `s3` is `None`, a folder.
struct Objects {
    store: Arc<dyn ObjectStore>,
    probe: Arc<dyn HealthProbe>,
    s3: Option<S3Store>,
}

impl Objects {
    fn open(config: &Config, folder: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let Some(s3) = &config.storage.s3 else {
            let base = format!("{}/media", config.server.public_url());
            let store = Arc::new(FolderStore::new(folder.join("objects"), base));
            return Ok(Self { store: store.clone(), probe: store, s3: None });
        };
        let settings = S3Settings {
            endpoint: s3.endpoint.clone(),
            region: s3.region.clone(),
            bucket: s3.bucket.clone(),
            access_key_id: s3.access_key_id.clone(),
            secret_access_key: s3.secret_access_key.expose_secret().to_owned(),
            public_url: s3.public_url.clone(),
        };
        let s3 = S3Store::new(settings, clock).context("S3_ENDPOINT")?;
        let store = Arc::new(s3.clone());
        Ok(Self { store: store.clone(), probe: store, s3: Some(s3) })
    }

    /// Returns the store whose objects this service serves itself, if it is a folder.
    fn embedded(&self) -> Option<Arc<dyn ObjectStore>> {
        self.s3.is_none().then(|| self.store.clone())
    }
}

fn database_url(config: &Config, folder: &DataFolder) -> String {
    let configured = config.database.url.as_ref().map(|url| url.expose_secret().to_owned());
    configured.unwrap_or_else(|| sqlite_url(&folder.path().join("theater.sqlite")))
}

/// Connects, and retries until the start timeout: the service and its database are often started at the same time.
async fn connect(url: &str, config: &config::Database) -> anyhow::Result<Pools> {
    let advice = "start the database, or correct DATABASE_URL";
    let deadline = Instant::now() + config.start_timeout;
    let mut warned = false;
    loop {
        let connecting =
            tokio::time::timeout(CONNECT_TIMEOUT, persistence::connect(url, config.max_connections));
        let failure = match connecting.await {
            Ok(Ok(pools)) => return Ok(pools),
            Ok(Err(error)) if !error.is_transient() => {
                return Err(error).context(format!("no database: {advice}"));
            }
            Ok(Err(error)) => anyhow::Error::new(error).context(format!("no database: {advice}")),
            Err(_) => anyhow::anyhow!("the database does not answer: {advice}"),
        };
        if Instant::now() + CONNECT_RETRY_DELAY > deadline {
            return Err(failure);
        }
        if !warned {
            let timeout = humantime::format_duration(config.start_timeout).to_string();
            tracing::warn!(reason = format!("{failure:#}"), timeout, "waiting for the database");
            warned = true;
        }
        tokio::time::sleep(CONNECT_RETRY_DELAY).await;
    }
}

fn key_ring(config: &Config, folder: &DataFolder, randomness: &dyn Randomness) -> anyhow::Result<KeyRing> {
    let current = match &config.accounts.secret_key {
        Some(secret) => secret.clone(),
        None => folder.secret(randomness)?,
    };
    KeyRing::new(&current, &config.accounts.secret_key_fallbacks).context("SECRET_KEY")
}

/// The adapters that send emails.
struct MailAdapters {
    mailer: Arc<dyn Mailer>,
    mailbox: Option<Arc<dyn Mailbox>>,
    probe: Arc<dyn HealthProbe>,
}

fn mailer(config: &Config, folder: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<MailAdapters> {
    let config::Mail { smtp_url, authority, from } = &config.mail;
    let templates = Templates::new(&config.server.public_url()).context("the mail templates")?;
    let Some(url) = smtp_url else {
        let mailbox = Arc::new(MailboxMailer::new(folder.join("mailbox"), from.clone(), templates, clock));
        return Ok(MailAdapters { mailer: mailbox.clone(), mailbox: Some(mailbox.clone()), probe: mailbox });
    };
    let authority = authority.as_deref();
    let mailer = SmtpMailer::new(url.expose_secret(), authority, from.clone(), templates, clock)
        .context("SMTP_URL or SMTP_CA_FILE")?;
    let mailer = Arc::new(mailer);
    Ok(MailAdapters { mailer: mailer.clone(), mailbox: None, probe: mailer })
}
