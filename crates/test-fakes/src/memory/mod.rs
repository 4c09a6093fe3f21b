//! A store in memory with the guarantees of the real one: atomic units of work, and unique values.

mod accounts;
mod catalogue;
mod profiles;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        ClientNetwork, LinkKind, LinkToken, LinkTokenId, LinkTokenRepository, NewLinkToken, PasswordHash,
        Session, TokenDigest, User, UserId,
    },
    catalogue::{Movie, Taxonomy, TaxonomyEntry},
    outbox::{Message, Outbox, OutboxEntry, OutboxId, OutboxReader},
    page::{Page, PageSize, Position},
    profiles::{AvatarKey, Profile},
    store::{StoreError, UnitOfWork},
};
use tokio::sync::OwnedMutexGuard;

/// A store in memory. Cloning it shares its rows.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    rows: Arc<Mutex<Rows>>,
    /// One unit of work at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    broken: Arc<AtomicBool>,
    broken_commit: Arc<AtomicBool>,
    /// How many commits still succeed once commits are broken.
    good_commits: Arc<AtomicUsize>,
}

#[derive(Clone, Debug, Default)]
struct Rows {
    last_id: i64,
    users: Vec<User>,
    tokens: Vec<StoredToken>,
    sessions: Vec<Session>,
    networks: Vec<KnownNetwork>,
    profiles: Vec<Profile>,
    uploads: Vec<Upload>,
    movies: Vec<Movie>,
    taxonomies: Vec<(Taxonomy, TaxonomyEntry)>,
    outbox: Vec<(OutboxId, Message)>,
}

#[derive(Clone, Debug)]
struct StoredToken {
    kind: LinkKind,
    token: LinkToken,
    consumed: bool,
    password_hash: Option<PasswordHash>,
}

#[derive(Clone, Debug)]
struct Upload {
    key: AvatarKey,
    noted_at: DateTime<Utc>,
    abandoned: bool,
}

#[derive(Clone, Debug)]
struct KnownNetwork {
    user: UserId,
    network: ClientNetwork,
    last_seen_at: DateTime<Utc>,
}

/// A unit of work of every context.
pub struct MemoryUnit {
    store: MemoryStore,
    rows: Mutex<Rows>,
    _turn: OwnedMutexGuard<()>,
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("injected fault".into())
}

/// A page of a list that is stored oldest first and shown newest first.
fn part<T: Clone, Id: PartialOrd + Copy>(
    all: &[T],
    position: Position<Id>,
    size: PageSize,
    id_of: impl Fn(&T) -> Id,
) -> Page<T> {
    let (skip, total) = match position {
        Position::Page(number) => (number.offset(size) as usize, Some(all.len() as i64)),
        Position::After(id) => (all.iter().filter(|item| id_of(item) >= id).count(), None),
    };
    let items: Vec<_> = all.iter().rev().skip(skip).take(size.get() as usize).cloned().collect();
    Page { has_more: skip.saturating_add(items.len()) < all.len(), items, total }
}

impl Rows {
    fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }
}

impl MemoryStore {
    /// Makes all reads and writes fail from now on.
    pub fn break_down(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    /// Makes all commits fail from now on.
    pub fn break_commits(&self) {
        self.broken_commit.store(true, Ordering::Relaxed);
    }

    /// Makes all commits fail after this number of successful ones.
    pub fn break_commits_after(&self, good: usize) {
        self.good_commits.store(good, Ordering::Relaxed);
        self.break_commits();
    }

    /// Ends all failures.
    pub fn repair(&self) {
        self.broken.store(false, Ordering::Relaxed);
        self.broken_commit.store(false, Ordering::Relaxed);
        self.good_commits.store(0, Ordering::Relaxed);
    }

    /// The accounts.
    pub fn users(&self) -> Vec<User> {
        self.rows.lock().expect("no test panicked here").users.clone()
    }

    /// Changes every account, outside any unit of work.
    pub fn change_user(&self, change: impl Fn(&mut User)) {
        self.rows.lock().expect("no test panicked here").users.iter_mut().for_each(change);
    }

    /// The sessions.
    pub fn sessions(&self) -> Vec<Session> {
        self.rows.lock().expect("no test panicked here").sessions.clone()
    }

    /// The movies.
    pub fn movies(&self) -> Vec<Movie> {
        self.rows.lock().expect("no test panicked here").movies.clone()
    }

    /// The profiles.
    pub fn profiles(&self) -> Vec<Profile> {
        self.rows.lock().expect("no test panicked here").profiles.clone()
    }

    /// The messages of the outbox.
    pub fn outbox(&self) -> Vec<Message> {
        self.rows
            .lock()
            .expect("no test panicked here")
            .outbox
            .iter()
            .map(|(_, message)| message.clone())
            .collect()
    }

    /// Removes at most `limit` items of a list that are over, and returns their number.
    fn remove<T>(
        &self,
        list: impl FnOnce(&mut Rows) -> &mut Vec<T>,
        over: impl Fn(&T) -> bool,
        limit: u64,
    ) -> Result<u64, StoreError> {
        self.read(|_| ())?;
        let mut rows = self.rows.lock().expect("no test panicked here");
        let mut removed = 0;
        list(&mut rows).retain(|item| {
            let remove = removed < limit && over(item);
            removed += u64::from(remove);
            !remove
        });
        Ok(removed)
    }

    fn read<T>(&self, read: impl FnOnce(&Rows) -> T) -> Result<T, StoreError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(unavailable());
        }
        Ok(read(&self.rows.lock().expect("no test panicked here")))
    }
}

impl MemoryUnit {
    fn write<T>(&self, write: impl FnOnce(&mut Rows) -> T) -> Result<T, StoreError> {
        if self.store.broken.load(Ordering::Relaxed) {
            return Err(unavailable());
        }
        Ok(write(&mut self.rows.lock().expect("no test panicked here")))
    }
}

impl MemoryStore {
    /// Begins a unit of work of every context.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] while the store is broken.
    pub async fn unit(&self) -> Result<MemoryUnit, StoreError> {
        let turn = self.turn.clone().lock_owned().await;
        let rows = Mutex::new(self.read(Rows::clone)?);
        Ok(MemoryUnit { store: self.clone(), rows, _turn: turn })
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnit {
    fn outbox(&self) -> &dyn Outbox {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let spend = |good: usize| good.checked_sub(1);
        let no_more =
            || self.store.good_commits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_err();
        let refused = self.store.broken_commit.load(Ordering::Relaxed) && no_more();
        if refused || self.store.broken.load(Ordering::Relaxed) {
            return Err(unavailable());
        }
        let rows = self.rows.lock().expect("no test panicked here").clone();
        *self.store.rows.lock().expect("no test panicked here") = rows;
        Ok(())
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Outbox for MemoryUnit {
    async fn post(&self, message: Message) -> Result<(), StoreError> {
        self.write(|rows| {
            let id = OutboxId(rows.next_id());
            rows.outbox.push((id, message));
        })
    }
}

#[async_trait]
impl OutboxReader for MemoryStore {
    async fn oldest(&self, limit: u64) -> Result<Vec<OutboxEntry>, StoreError> {
        let entry = |(id, message): &(OutboxId, Message)| OutboxEntry {
            id: *id,
            key: id.0.to_string(),
            kind: message.kind.to_owned(),
            subject: message.subject.clone(),
        };
        self.read(|rows| rows.outbox.iter().take(limit as usize).map(entry).collect())
    }

    async fn remove(&self, ids: &[OutboxId]) -> Result<(), StoreError> {
        self.read(|_| ())?;
        self.rows.lock().expect("no test panicked here").outbox.retain(|(id, _)| !ids.contains(id));
        Ok(())
    }
}

#[async_trait]
impl LinkTokenRepository for MemoryUnit {
    async fn issue(&self, kind: LinkKind, token: &NewLinkToken) -> Result<LinkTokenId, StoreError> {
        self.write(|rows| {
            let id = LinkTokenId(rows.next_id());
            let NewLinkToken { user_id, nonce, digest, issued_at, expires_at, password_hash } = token.clone();
            rows.tokens.retain(|known| {
                let same = known.kind == kind && known.token.user_id == user_id;
                !(same && (password_hash.is_none() || known.password_hash == password_hash))
            });
            let token = LinkToken { id, user_id, nonce, digest, issued_at, expires_at };
            rows.tokens.push(StoredToken { kind, token, consumed: false, password_hash });
            id
        })
    }

    async fn revoke(&self, kind: LinkKind, user: UserId) -> Result<(), StoreError> {
        self.write(|rows| rows.tokens.retain(|known| known.kind != kind || known.token.user_id != user))
    }

    async fn consume(
        &self,
        kind: LinkKind,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(|rows| {
            let found =
                rows.tokens.iter_mut().find(|StoredToken { kind: known, token, consumed, .. }| {
                    let same = *known == kind && token.user_id == user && token.digest == digest;
                    same && token.expires_at > now && !consumed
                });
            found.map(|token| token.consumed = true).is_some()
        })
    }

    async fn live(&self, kind: LinkKind, user: UserId) -> Result<Option<LinkToken>, StoreError> {
        self.write(|rows| {
            let live = rows
                .tokens
                .iter()
                .rev()
                .find(|known| known.kind == kind && known.token.user_id == user && !known.consumed);
            live.map(|known| known.token.clone())
        })
    }

    async fn chosen_password(
        &self,
        user: UserId,
        digest: TokenDigest,
    ) -> Result<Option<PasswordHash>, StoreError> {
        self.write(|rows| {
            let mut all = rows.tokens.iter();
            let found = all.find(|known| {
                let token = &known.token;
                known.kind == LinkKind::Activation && token.user_id == user && token.digest == digest
            });
            found.and_then(|known| known.password_hash.clone())
        })
    }
}
