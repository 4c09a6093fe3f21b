//! A store on a migrated database, and entities for it.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{
        AccountStatus, Email, FamilyId, Group, NewLinkToken, NewSession, NewUser, PasswordHash,
        SessionLifetime, SessionOrigin, TokenDigest, TokenNonce, User, UserId,
    },
    catalogue::{
        CountryCode, MovieDraft, MovieId, MovieStatus, Name, NameList, Overview, ReleaseDate, Score,
    },
    money::{Currency, Money},
    outbox::Message,
    store::Begin,
};
use persistence::{AccountStore, CatalogueStore, Database, Pools, connect, migrate_up};
use test_fakes::CountingRandomness;

/// The stores of all contexts on one database.
#[derive(Clone)]
pub(crate) struct Stores {
    pub(crate) database: Database,
    pub(crate) accounts: AccountStore,
    pub(crate) catalogue: CatalogueStore,
}

impl Stores {
    pub(crate) fn on(pools: Pools) -> Self {
        let database = Database::new(pools, Arc::new(CountingRandomness::default()));
        Self {
            accounts: AccountStore::new(database.clone()),
            catalogue: CatalogueStore::new(database.clone()),
            database,
        }
    }
}

/// A message that concerns this user.
pub(crate) fn activated(user: UserId) -> Message {
    Message { kind: "send_activated", subject: user.0.to_string() }
}

/// Migrates this empty database and returns a store over it.
pub(crate) async fn store(url: &str) -> Stores {
    let pools = connect(url, 8).await.unwrap();
    migrate_up(&pools.writer).await.unwrap();
    Stores::on(pools)
}

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_800_000_000_123_456).unwrap()
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn new_user(address: &str) -> NewUser {
    NewUser {
        email: email(address),
        password_hash: PasswordHash::new("$2b$04$hash".into()),
        group: Group::User,
        status: AccountStatus::Pending,
        created_at: now(),
    }
}

pub(crate) async fn add_user(store: &Stores, address: &str) -> User {
    let unit = store.accounts.begin().await.unwrap();
    let user = unit.users().add(&new_user(address)).await.unwrap();
    unit.commit().await.unwrap();
    user
}

pub(crate) fn token(user: UserId, number: u8) -> NewLinkToken {
    NewLinkToken {
        user_id: user,
        nonce: TokenNonce([number; 16]),
        digest: TokenDigest([number; 32]),
        issued_at: now(),
        expires_at: now() + Duration::hours(1),
        password_hash: None,
    }
}

pub(crate) fn session(user: UserId, number: u8) -> NewSession {
    let origin = SessionOrigin { device: Some("curl/8".into()), ip: Some("2001:db8::1".parse().unwrap()) };
    let lifetime = SessionLifetime { idle: Duration::days(7), max: Duration::days(30) };
    NewSession::start(user, 0, FamilyId([number; 16]), origin, now(), lifetime)
}

pub(crate) fn names(texts: &[&str]) -> NameList {
    NameList::new(texts.iter().map(|text| Name::parse(text).unwrap())).unwrap()
}

pub(crate) fn draft(name: &str) -> MovieDraft {
    MovieDraft {
        name: Name::parse(name).unwrap(),
        date: ReleaseDate::parse("2001-04-25").unwrap(),
        score: Score::new(72.345).unwrap(),
        overview: Overview::parse("Une serveuse à Montmartre.").unwrap(),
        status: MovieStatus::Released,
        budget: Money::new(Money::MAX_MINOR_UNITS, Currency::Usd).unwrap(),
        revenue: Money::new(1, Currency::Usd).unwrap(),
        country: CountryCode::parse("FR").unwrap(),
        genres: names(&["Romance", "Comedy"]),
        actors: names(&["Mathieu Kassovitz", "Audrey Tautou"]),
        languages: names(&["French"]),
    }
}

pub(crate) async fn create_movie(store: &Stores, draft: &MovieDraft) -> MovieId {
    let unit = store.catalogue.begin().await.unwrap();
    let id = unit.movies().add(draft).await.unwrap();
    unit.commit().await.unwrap();
    id
}
