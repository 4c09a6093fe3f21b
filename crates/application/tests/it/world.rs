//! Fake dependencies of the use cases, and common steps.

use std::sync::Arc;

use application::{
    accounts::{
        AccountJobs, AccountRetention, AccountSettings, Accounts, ActivateAccount, LimitRules, Limits, Login,
        RegisterAccount, Registered, TokenPair, activate, login, register,
    },
    catalogue::Catalogue,
    jobs::{JobHandler, JobRegistry},
    profiles::Profiles,
    retention::{Purge, Retention},
};
use chrono::Duration;
use domain::{
    accounts::{Email, MailedToken, Password, PasswordAttempt, SessionLifetime, SessionOrigin, User},
    mail::MailContent,
    outbox::OutboxReader,
    rate_limit::Limit,
};
use test_fakes::{
    CountingLimiter, CountingRandomness, ManualClock, MemoryObjects, MemoryStore, PlainHasher,
    PlainMailTokens, PlainProcessor, PlainSessionTokens, RecordingMailer,
};

pub(crate) const PASSWORD: &str = "StrongPass1!";

pub(crate) struct World {
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) hasher: PlainHasher,
    pub(crate) mailer: Arc<RecordingMailer>,
    pub(crate) limiter: Arc<CountingLimiter>,
    pub(crate) accounts: Accounts,
    pub(crate) catalogue: Catalogue,
    pub(crate) jobs: JobRegistry,
    pub(crate) retention: Retention,
    pub(crate) objects: Arc<MemoryObjects>,
    pub(crate) profiles: Profiles,
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

fn settings() -> AccountSettings {
    AccountSettings {
        access_token_ttl: Duration::minutes(15),
        session: SessionLifetime { idle: Duration::days(7), max: Duration::days(30) },
        activation_token_ttl: Duration::hours(24),
        password_reset_token_ttl: Duration::hours(24),
        hide_accounts: false,
    }
}

pub(crate) fn limit_rules() -> LimitRules {
    let minute = |uses| Limit { uses, per: std::time::Duration::from_mins(1) };
    let hour = |uses| Limit { uses, per: std::time::Duration::from_hours(1) };
    LimitRules {
        login_per_account: minute(10),
        login_per_network: minute(100),
        mail_per_recipient: hour(5),
        mail_per_network: hour(60),
        refresh_per_session: minute(60),
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let store = MemoryStore::default();
        let clock = Arc::new(ManualClock::default());
        let hasher = PlainHasher::default();
        let mailer = Arc::new(RecordingMailer::default());
        let limiter = Arc::new(CountingLimiter::default());
        let accounts = Accounts {
            store: Arc::new(store.clone()),
            queries: Arc::new(store.clone()),
            hasher: Arc::new(hasher.clone()),
            session_tokens: Arc::new(PlainSessionTokens::default()),
            mail_tokens: Arc::new(PlainMailTokens),
            clock: clock.clone(),
            randomness: Arc::new(CountingRandomness::default()),
            limits: Limits { limiter: limiter.clone(), rules: None },
            settings: settings(),
        };
        let catalogue = Catalogue { store: Arc::new(store.clone()), queries: Arc::new(store.clone()) };
        let objects = Arc::new(MemoryObjects::default());
        let profiles = Profiles {
            store: Arc::new(store.clone()),
            queries: Arc::new(store.clone()),
            accounts: Arc::new(store.clone()),
            objects: objects.clone(),
            avatars: Arc::new(PlainProcessor),
            clock: clock.clone(),
            randomness: accounts.randomness.clone(),
            limiter: limiter.clone(),
            avatars_per_user: None,
        };
        let account_retention = AccountRetention {
            store: Arc::new(store.clone()),
            clock: clock.clone(),
            pending_account_ttl: Duration::days(30),
        };
        let expiring: [Arc<dyn Purge>; 2] = [Arc::new(account_retention), Arc::new(profiles.clone())];
        let retention = Retention::new(expiring);
        let account_jobs = AccountJobs { accounts: accounts.clone(), mailer: mailer.clone() };
        let handlers: [Arc<dyn JobHandler>; 3] =
            [Arc::new(account_jobs), Arc::new(profiles.clone()), Arc::new(retention.clone())];
        let jobs = JobRegistry::new(handlers);
        Self {
            store,
            clock,
            hasher,
            mailer,
            limiter,
            accounts,
            catalogue,
            jobs,
            retention,
            objects,
            profiles,
        }
    }

    pub(crate) fn later(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub(crate) async fn register(&self, address: &str) -> User {
        let command = RegisterAccount { email: email(address), password: password(PASSWORD), client: None };
        match register(&self.accounts, command).await.unwrap() {
            Registered::Pending(user) => user,
            Registered::Hidden => panic!("accounts are hidden"),
        }
    }

    /// The kinds of the messages in the outbox.
    pub(crate) fn outbox_kinds(&self) -> Vec<&'static str> {
        self.store.outbox().iter().map(|message| message.kind).collect()
    }

    /// Processes every message in the outbox.
    pub(crate) async fn deliver_all(&self) {
        while let Some(entry) = self.store.oldest(1).await.unwrap().pop() {
            self.jobs.process(&entry).await.unwrap();
            self.store.remove(&[entry.id]).await.unwrap();
        }
    }

    /// The token of the newest password reset mail.
    pub(crate) fn reset_token(&self) -> Option<MailedToken> {
        let of = |mail: domain::mail::Mail| match mail.content {
            MailContent::PasswordReset { token, .. } => Some(token),
            _ => None,
        };
        self.mailer.sent().into_iter().rev().find_map(of)
    }

    /// The token of the newest activation mail.
    pub(crate) fn mailed_token(&self) -> MailedToken {
        let of = |mail: domain::mail::Mail| match mail.content {
            MailContent::Activation { token, .. } => Some(token),
            _ => None,
        };
        self.mailer.sent().into_iter().rev().find_map(of).unwrap()
    }

    /// Registers and activates a user.
    pub(crate) async fn active(&self, address: &str) -> User {
        let user = self.register(address).await;
        self.deliver_all().await;
        let command = ActivateAccount {
            email: email(address),
            token: self.mailed_token(),
            password: None,
            client: None,
        };
        activate(&self.accounts, command).await.unwrap();
        self.deliver_all().await;
        user
    }

    pub(crate) async fn login(&self, address: &str) -> TokenPair {
        login(&self.accounts, credentials(address, PASSWORD)).await.unwrap()
    }
}

pub(crate) fn credentials(address: &str, password: &str) -> Login {
    Login {
        email: Email::parse(address).ok(),
        password: PasswordAttempt::new(password),
        origin: SessionOrigin::default(),
    }
}
