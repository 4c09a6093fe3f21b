//! Fault injection: a store with faults, to show that the tests detect them.

mod pictures;

use std::sync::Arc;

use api::Services;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        ClientNetwork, Email, FamilyId, Group, LinkKind, LinkToken, LinkTokenId, NewLinkToken, NewSession,
        NewUser, PasswordHash, Session, SessionId, TokenDigest, User, UserFilter, UserId,
    },
    page::{Page, PageNumber, PageSize, Position},
    ports::{
        AccountQueries, Authenticated, LinkTokenRepository, MovieRepository, Outbox, ProfileRepository,
        Randomness, SessionRepository, StoreError, TaxonomyRepository, UnitOfWork, UnitOfWorkFactory,
        UserRepository,
    },
};

/// A guarantee that can be disabled. Each comment states the effect of disabling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Registering a taken email address returns the existing account.
    DuplicateEmails,
    /// Rows are not locked; reads return the last committed state.
    NoRowLocks,
    /// Any link token is accepted, any number of times.
    ReusableLinkTokens,
    /// A wrong link token revokes the valid one.
    WrongTokenRevokes,
    /// Ended sessions are accepted.
    EndedSessionsAccepted,
    /// Creating a second profile returns the existing one.
    DuplicateProfiles,
    /// Unused pictures are not removed.
    PicturesNotRemoved,
    /// A failed upload to the object store is ignored.
    UploadErrorsIgnored,
}

/// The guarantees to disable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults(pub(crate) &'static [Fault]);

impl Faults {
    fn contains(self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Injects the faults into these services.
    pub(crate) fn apply_to(self, services: &mut Services) {
        let accounts = &mut services.accounts;
        let (store, queries) = (accounts.store.clone(), accounts.queries.clone());
        accounts.store = Arc::new(Store { inner: store, queries: queries.clone(), faults: self });
        let store = accounts.store.clone();
        accounts.queries = Arc::new(Queries { inner: queries.clone(), store, faults: self });
        let profiles = &mut services.profiles;
        profiles.store = Arc::new(Store { inner: profiles.store.clone(), queries, faults: self });
        if self.contains(Fault::UploadErrorsIgnored) {
            profiles.objects = Arc::new(pictures::UncheckedObjects(profiles.objects.clone()));
        }
    }
}

/// Returns the same bits each time.
pub(crate) struct SameBits;

impl Randomness for SameBits {
    fn bits128(&self) -> [u8; 16] {
        [7; 16]
    }
}

struct Store {
    inner: Arc<dyn UnitOfWorkFactory>,
    queries: Arc<dyn AccountQueries>,
    faults: Faults,
}

struct Unit {
    inner: Box<dyn UnitOfWork>,
    queries: Arc<dyn AccountQueries>,
    faults: Faults,
}

struct Queries {
    inner: Arc<dyn AccountQueries>,
    store: Arc<dyn UnitOfWorkFactory>,
    faults: Faults,
}

fn revive(session: Session, version: i64) -> Session {
    Session { ended_at: None, token_version: version, ..session }
}

#[async_trait]
impl UnitOfWorkFactory for Store {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let (queries, faults) = (self.queries.clone(), self.faults);
        Ok(Box::new(Unit { inner: self.inner.begin().await?, queries, faults }))
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn users(&self) -> &dyn UserRepository {
        self
    }

    fn link_tokens(&self) -> &dyn LinkTokenRepository {
        self
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self
    }

    fn profiles(&self) -> &dyn ProfileRepository {
        self
    }

    fn movies(&self) -> &dyn MovieRepository {
        self.inner.movies()
    }

    fn taxonomies(&self) -> &dyn TaxonomyRepository {
        self.inner.taxonomies()
    }

    fn outbox(&self) -> &dyn Outbox {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.rollback().await
    }
}

#[async_trait]
impl UserRepository for Unit {
    async fn add(&self, user: &NewUser) -> Result<User, StoreError> {
        let added = self.inner.users().add(user).await;
        if matches!(added, Err(StoreError::Conflict)) && self.faults.contains(Fault::DuplicateEmails) {
            return self.lock_by_email(&user.email).await?.ok_or(StoreError::Conflict);
        }
        added
    }

    async fn lock_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.inner.users().lock_by_email(email).await
    }

    async fn lock(&self, id: UserId) -> Result<Option<User>, StoreError> {
        if self.faults.contains(Fault::NoRowLocks) {
            return self.queries.user(id).await;
        }
        self.inner.users().lock(id).await
    }

    async fn lock_active_admins_and(&self, id: UserId) -> Result<Vec<UserId>, StoreError> {
        if self.faults.contains(Fault::NoRowLocks) {
            let filter = UserFilter { group: Some(Group::Admin), is_active: Some(true), email: None };
            let first = Position::Page(PageNumber::FIRST);
            let page = self.queries.users(&filter, first, PageSize::DEFAULT).await?;
            return Ok(page.items.into_iter().map(|user| user.id).collect());
        }
        self.inner.users().lock_active_admins_and(id).await
    }

    async fn save(&self, user: &User) -> Result<(), StoreError> {
        self.inner.users().save(user).await
    }

    async fn forget_networks(&self, user: UserId) -> Result<(), StoreError> {
        self.inner.users().forget_networks(user).await
    }

    async fn remember_network(
        &self,
        user: UserId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.inner.users().remember_network(user, network, now).await
    }
}

#[async_trait]
impl LinkTokenRepository for Unit {
    async fn issue(&self, kind: LinkKind, token: &NewLinkToken) -> Result<LinkTokenId, StoreError> {
        self.inner.link_tokens().issue(kind, token).await
    }

    async fn revoke(&self, kind: LinkKind, user: UserId) -> Result<(), StoreError> {
        self.inner.link_tokens().revoke(kind, user).await
    }

    async fn consume(
        &self,
        kind: LinkKind,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if self.faults.contains(Fault::ReusableLinkTokens) {
            return Ok(true);
        }
        self.inner.link_tokens().consume(kind, user, digest, now).await
    }

    async fn live(&self, kind: LinkKind, user: UserId) -> Result<Option<LinkToken>, StoreError> {
        self.inner.link_tokens().live(kind, user).await
    }

    async fn chosen_password(
        &self,
        user: UserId,
        digest: TokenDigest,
    ) -> Result<Option<PasswordHash>, StoreError> {
        self.inner.link_tokens().chosen_password(user, digest).await
    }
}

#[async_trait]
impl SessionRepository for Unit {
    async fn start(&self, session: &NewSession) -> Result<Session, StoreError> {
        self.inner.sessions().start(session).await
    }

    async fn lock(&self, family: FamilyId) -> Result<Option<Session>, StoreError> {
        let found = self.inner.sessions().lock(family).await?;
        let Some(session) = found.filter(|_| self.faults.contains(Fault::EndedSessionsAccepted)) else {
            return self.inner.sessions().lock(family).await;
        };
        let user = self.queries.user(session.user_id).await?;
        Ok(user.map(|user| revive(session, user.token_version)))
    }

    async fn lock_by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.inner.sessions().lock_by_id(id).await
    }

    async fn save(&self, session: &Session) -> Result<(), StoreError> {
        self.inner.sessions().save(session).await
    }
}

#[async_trait]
impl AccountQueries for Queries {
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        if self.faults.contains(Fault::DuplicateEmails) {
            return Ok(None);
        }
        self.inner.user_by_email(email).await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.inner.user(id).await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        position: Position<UserId>,
        size: PageSize,
    ) -> Result<Page<User>, StoreError> {
        self.inner.users(filter, position, size).await
    }

    async fn authenticated(
        &self,
        user: UserId,
        family: FamilyId,
    ) -> Result<Option<Authenticated>, StoreError> {
        let found = self.inner.authenticated(user, family).await?;
        if !self.faults.contains(Fault::EndedSessionsAccepted) {
            return Ok(found);
        }
        Ok(found.map(|Authenticated { mut user, session }| {
            // As if no change of the account had ended a session.
            user.token_version = 0;
            Authenticated { user, session: session.map(|session| revive(session, 0)) }
        }))
    }

    async fn live_sessions(
        &self,
        user: &User,
        now: DateTime<Utc>,
        position: Position<SessionId>,
        size: PageSize,
    ) -> Result<Page<Session>, StoreError> {
        self.inner.live_sessions(user, now, position, size).await
    }

    async fn live_link_token(
        &self,
        kind: LinkKind,
        id: LinkTokenId,
    ) -> Result<Option<LinkToken>, StoreError> {
        self.inner.live_link_token(kind, id).await
    }

    async fn chosen_password(
        &self,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<Option<PasswordHash>, StoreError> {
        self.inner.chosen_password(digest, now).await
    }

    async fn link_holder(
        &self,
        kind: LinkKind,
        email: &Email,
        digest: TokenDigest,
    ) -> Result<Option<UserId>, StoreError> {
        let holder = self.inner.link_holder(kind, email, digest).await?;
        if self.faults.contains(Fault::WrongTokenRevokes)
            && holder.is_none()
            && let Some(user) = self.inner.user_by_email(email).await?
        {
            let unit = self.store.begin().await?;
            unit.link_tokens().revoke(kind, user.id).await?;
            unit.commit().await?;
        }
        Ok(holder)
    }

    async fn is_known_network(&self, email: &Email, network: ClientNetwork) -> Result<bool, StoreError> {
        self.inner.is_known_network(email, network).await
    }

    async fn has_admin(&self) -> Result<bool, StoreError> {
        self.inner.has_admin().await
    }
}
