//! Faults of accounts, their tokens and their sessions.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        AccountQueries, AccountUnit, Authenticated, ClientNetwork, Email, FamilyId, Group, LinkKind,
        LinkToken, LinkTokenId, LinkTokenRepository, NewLinkToken, NewSession, NewUser, PasswordHash,
        Session, SessionId, SessionRepository, TokenDigest, User, UserFilter, UserId, UserRepository,
    },
    outbox::Outbox,
    page::{Page, PageNumber, PageSize, Position},
    store::{Begin, StoreError, UnitOfWork},
};

use super::{Fault, Faults, decorate};

pub(super) struct Store {
    pub(super) inner: Arc<dyn Begin<dyn AccountUnit>>,
    pub(super) queries: Arc<dyn AccountQueries>,
    pub(super) faults: Faults,
}

pub(super) struct Queries {
    pub(super) inner: Arc<dyn AccountQueries>,
    pub(super) store: Arc<dyn Begin<dyn AccountUnit>>,
    pub(super) faults: Faults,
}

struct Unit {
    inner: Box<dyn AccountUnit>,
    queries: Arc<dyn AccountQueries>,
    faults: Faults,
}

fn revive(session: Session, version: i64) -> Session {
    Session { ended_at: None, token_version: version, ..session }
}

#[async_trait]
impl Begin<dyn AccountUnit> for Store {
    async fn begin(&self) -> Result<Box<dyn AccountUnit>, StoreError> {
        let (queries, faults) = (self.queries.clone(), self.faults);
        Ok(Box::new(Unit { inner: self.inner.begin().await?, queries, faults }))
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn outbox(&self) -> &dyn Outbox {
        self.inner.outbox()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.rollback().await
    }
}

impl AccountUnit for Unit {
    fn users(&self) -> &dyn UserRepository {
        self
    }

    fn link_tokens(&self) -> &dyn LinkTokenRepository {
        self
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self
    }
}

decorate! {
    UserRepository for Unit, self => self.inner.users(), StoreError;
    lock_by_email(email: &Email) -> Option<User>;
    save(user: &User) -> ();
    forget_networks(user: UserId) -> ();
    remember_network(user: UserId, network: ClientNetwork, now: DateTime<Utc>) -> ();
    {
        async fn add(&self, user: &NewUser) -> Result<User, StoreError> {
            let added = self.inner.users().add(user).await;
            if matches!(added, Err(StoreError::Conflict)) && self.faults.contains(Fault::DuplicateEmails) {
                return self.lock_by_email(&user.email).await?.ok_or(StoreError::Conflict);
            }
            added
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
    }
}

decorate! {
    LinkTokenRepository for Unit, self => self.inner.link_tokens(), StoreError;
    issue(kind: LinkKind, token: &NewLinkToken) -> LinkTokenId;
    revoke(kind: LinkKind, user: UserId) -> ();
    live(kind: LinkKind, user: UserId) -> Option<LinkToken>;
    chosen_password(user: UserId, digest: TokenDigest) -> Option<PasswordHash>;
    {
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
    }
}

decorate! {
    SessionRepository for Unit, self => self.inner.sessions(), StoreError;
    start(session: &NewSession) -> Session;
    lock_by_id(id: SessionId) -> Option<Session>;
    save(session: &Session) -> ();
    {
        async fn lock(&self, family: FamilyId) -> Result<Option<Session>, StoreError> {
            let found = self.inner.sessions().lock(family).await?;
            let Some(session) = found.filter(|_| self.faults.contains(Fault::EndedSessionsAccepted)) else {
                return self.inner.sessions().lock(family).await;
            };
            let user = self.queries.user(session.user_id).await?;
            Ok(user.map(|user| revive(session, user.token_version)))
        }
    }
}

decorate! {
    AccountQueries for Queries, self => self.inner, StoreError;
    user(id: UserId) -> Option<User>;
    users(filter: &UserFilter, position: Position<UserId>, size: PageSize) -> Page<User>;
    live_sessions(user: &User, now: DateTime<Utc>, position: Position<SessionId>, size: PageSize) -> Page<Session>;
    live_link_token(kind: LinkKind, id: LinkTokenId) -> Option<LinkToken>;
    chosen_password(digest: TokenDigest, now: DateTime<Utc>) -> Option<PasswordHash>;
    is_known_network(email: &Email, network: ClientNetwork) -> bool;
    has_admin() -> bool;
    {
        async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
            if self.faults.contains(Fault::DuplicateEmails) {
                return Ok(None);
            }
            self.inner.user_by_email(email).await
        }

        async fn authenticated(&self, user: UserId, family: FamilyId) -> Result<Option<Authenticated>, StoreError> {
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
    }
}
