use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        AccountQueries, AccountStatus, AccountUnit, Authenticated, ClientNetwork, Email, FamilyId, Group,
        LinkKind, LinkToken, LinkTokenId, LinkTokenRepository, NewSession, NewUser, PasswordHash,
        RetentionStore, Session, SessionId, SessionRepository, TokenDigest, User, UserFilter, UserId,
        UserRepository,
    },
    page::{Page, PageSize, Position},
    store::{Begin, StoreError},
};

use super::{KnownNetwork, MemoryStore, MemoryUnit, StoredToken, part};

#[async_trait]
impl UserRepository for MemoryUnit {
    async fn add(&self, user: &NewUser) -> Result<User, StoreError> {
        self.write(|rows| {
            if rows.users.iter().any(|known| known.email == user.email) {
                return Err(StoreError::Conflict);
            }
            let NewUser { email, password_hash, group, status, created_at } = user.clone();
            let id = UserId(rows.next_id());
            let user = User {
                id,
                email,
                password_hash,
                group,
                status,
                token_version: 0,
                created_at,
                last_registered_at: created_at,
                registrations: 1,
            };
            rows.users.push(user.clone());
            Ok(user)
        })?
    }

    async fn lock_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.write(|rows| rows.users.iter().find(|user| user.email == *email).cloned())
    }

    async fn lock(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.write(|rows| rows.users.iter().find(|user| user.id == id).cloned())
    }

    async fn lock_active_admins_and(&self, _: UserId) -> Result<Vec<UserId>, StoreError> {
        let active = |user: &&User| user.group == Group::Admin && user.status.is_active();
        self.write(|rows| rows.users.iter().filter(active).map(|user| user.id).collect())
    }

    async fn save(&self, user: &User) -> Result<(), StoreError> {
        self.write(|rows| {
            if let Some(known) = rows.users.iter_mut().find(|known| known.id == user.id) {
                *known = user.clone();
            }
        })
    }

    async fn forget_networks(&self, user: UserId) -> Result<(), StoreError> {
        self.write(|rows| rows.networks.retain(|known| known.user != user))
    }

    async fn remember_network(
        &self,
        user: UserId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(|rows| {
            rows.networks.retain(|known| known.user != user || known.network != network);
            rows.networks.push(KnownNetwork { user, network, last_seen_at: now });
        })
    }
}

#[async_trait]
impl SessionRepository for MemoryUnit {
    async fn start(&self, session: &NewSession) -> Result<Session, StoreError> {
        self.write(|rows| {
            let new = session.clone();
            let session = Session {
                id: SessionId(rows.next_id()),
                user_id: new.user_id,
                family: new.family,
                generation: 0,
                token_version: new.token_version,
                origin: new.origin,
                created_at: new.created_at,
                last_used_at: new.created_at,
                expires_at: new.expires_at,
                max_expires_at: new.max_expires_at,
                ended_at: None,
            };
            rows.sessions.push(session.clone());
            session
        })
    }

    async fn lock(&self, family: FamilyId) -> Result<Option<Session>, StoreError> {
        self.write(|rows| rows.sessions.iter().find(|session| session.family == family).cloned())
    }

    async fn lock_by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.write(|rows| rows.sessions.iter().find(|session| session.id == id).cloned())
    }

    async fn save(&self, session: &Session) -> Result<(), StoreError> {
        self.write(|rows| {
            if let Some(known) = rows.sessions.iter_mut().find(|known| known.id == session.id) {
                *known = session.clone();
            }
        })
    }
}

#[async_trait]
impl AccountQueries for MemoryStore {
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.read(|rows| rows.users.iter().find(|user| user.email == *email).cloned())
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.read(|rows| rows.users.iter().find(|user| user.id == id).cloned())
    }

    async fn users(
        &self,
        filter: &UserFilter,
        position: Position<UserId>,
        size: PageSize,
    ) -> Result<Page<User>, StoreError> {
        let wanted = |user: &&User| {
            let email = filter.email.as_ref().is_none_or(|part| user.email.as_str().contains(part.as_str()));
            let group = filter.group.is_none_or(|group| user.group == group);
            email && group && filter.is_active.is_none_or(|active| user.status.is_active() == active)
        };
        let all: Vec<_> = self.read(|rows| rows.users.iter().filter(wanted).cloned().collect())?;
        Ok(part(&all, position, size, |user| user.id))
    }

    async fn authenticated(
        &self,
        user: UserId,
        family: FamilyId,
    ) -> Result<Option<Authenticated>, StoreError> {
        self.read(|rows| {
            let user = rows.users.iter().find(|known| known.id == user).cloned()?;
            let of_user = |session: &&Session| session.family == family && session.user_id == user.id;
            let session = rows.sessions.iter().find(of_user).cloned();
            Some(Authenticated { user, session })
        })
    }

    async fn live_sessions(
        &self,
        user: &User,
        now: DateTime<Utc>,
        position: Position<SessionId>,
        size: PageSize,
    ) -> Result<Page<Session>, StoreError> {
        let live = |session: &&Session| {
            session.user_id == user.id && session.token_version == user.token_version && session.is_live(now)
        };
        let all: Vec<_> = self.read(|rows| rows.sessions.iter().filter(live).cloned().collect())?;
        Ok(part(&all, position, size, |session| session.id))
    }

    async fn live_link_token(
        &self,
        kind: LinkKind,
        id: LinkTokenId,
    ) -> Result<Option<LinkToken>, StoreError> {
        self.read(|rows| {
            let mut all = rows.tokens.iter();
            let live = all.find(|known| known.kind == kind && known.token.id == id && !known.consumed);
            live.map(|known| known.token.clone())
        })
    }

    async fn link_holder(
        &self,
        kind: LinkKind,
        email: &Email,
        digest: TokenDigest,
    ) -> Result<Option<UserId>, StoreError> {
        self.read(|rows| {
            let user = rows.users.iter().find(|user| user.email == *email)?.id;
            let holds = |known: &StoredToken| {
                known.kind == kind && known.token.user_id == user && known.token.digest == digest
            };
            rows.tokens.iter().any(holds).then_some(user)
        })
    }

    async fn chosen_password(
        &self,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<Option<PasswordHash>, StoreError> {
        self.read(|rows| {
            let live = |known: &&StoredToken| {
                known.kind == LinkKind::Activation && !known.consumed && known.token.expires_at > now
            };
            let found = rows.tokens.iter().filter(live).find(|known| known.token.digest == digest);
            found.and_then(|known| known.password_hash.clone())
        })
    }

    async fn is_known_network(&self, email: &Email, network: ClientNetwork) -> Result<bool, StoreError> {
        self.read(|rows| {
            let user = rows.users.iter().find(|user| user.email == *email).map(|user| user.id);
            rows.networks.iter().any(|known| Some(known.user) == user && known.network == network)
        })
    }

    async fn has_admin(&self) -> Result<bool, StoreError> {
        self.read(|rows| rows.users.iter().any(|user| user.group == Group::Admin))
    }
}

#[async_trait]
impl RetentionStore for MemoryStore {
    async fn remove_links(
        &self,
        kind: LinkKind,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let over = |known: &StoredToken| known.kind == kind && known.token.expires_at < before;
        self.remove(|rows| &mut rows.tokens, over, limit)
    }

    async fn remove_sessions(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        let over = |session: &Session| {
            session.expires_at < before || session.ended_at.is_some_and(|end| end < before)
        };
        self.remove(|rows| &mut rows.sessions, over, limit)
    }

    async fn remove_networks(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        let over = |known: &KnownNetwork| known.last_seen_at < before;
        self.remove(|rows| &mut rows.networks, over, limit)
    }

    async fn remove_pending_users(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let good = |known: &&StoredToken| known.kind == LinkKind::Activation && known.token.expires_at > now;
        let invited: Vec<UserId> =
            self.read(|rows| rows.tokens.iter().filter(good).map(|known| known.token.user_id).collect())?;
        let over = |user: &User| {
            user.created_at < before && user.status == AccountStatus::Pending && !invited.contains(&user.id)
        };
        self.remove(|rows| &mut rows.users, over, limit)
    }
}

#[async_trait]
impl Begin<dyn AccountUnit> for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn AccountUnit>, StoreError> {
        Ok(Box::new(self.unit().await?))
    }
}

impl AccountUnit for MemoryUnit {
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
