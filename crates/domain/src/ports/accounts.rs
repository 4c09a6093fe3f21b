use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::{
    accounts::{
        ClientNetwork, Email, FamilyId, LinkKind, LinkToken, LinkTokenId, NewLinkToken, NewSession, NewUser,
        PasswordHash, Session, SessionId, TokenDigest, User, UserFilter, UserId,
    },
    page::{Page, PageSize, Position},
};

/// Accounts, inside a unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; others are named where they occur.
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Stores a new account.
    ///
    /// Fails with [`StoreError::Conflict`] when the address is taken; the unit of work can go on.
    async fn add(&self, user: &NewUser) -> Result<User, StoreError>;

    /// The account with this address, held against other writers until the unit of work ends.
    async fn lock_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// This account, held against other writers until the unit of work ends.
    async fn lock(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Every active administrator. They and this account are held against other writers until the unit of work ends;
    /// they are taken in one order, so that of any number of callers none waits for another in a circle.
    async fn lock_active_admins_and(&self, id: UserId) -> Result<Vec<UserId>, StoreError>;

    /// Writes back an account that was locked.
    async fn save(&self, user: &User) -> Result<(), StoreError>;

    /// Forgets from where the owner of an account called: it may not have been the owner.
    async fn forget_networks(&self, user: UserId) -> Result<(), StoreError>;

    /// Takes down that the owner of an account called from this network.
    async fn remember_network(
        &self,
        user: UserId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}

/// The tokens of mailed links, inside a unit of work. An account has at most one of a kind that lives; while it is
/// pending, one for the activation of each registration, which is known by its password.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait LinkTokenRepository: Send + Sync {
    /// Stores a token in the place of the one that the account had for the same: of its kind, with its password.
    async fn issue(&self, kind: LinkKind, token: &NewLinkToken) -> Result<LinkTokenId, StoreError>;

    /// Forgets the account's tokens of this kind, if it has any.
    async fn revoke(&self, kind: LinkKind, user: UserId) -> Result<(), StoreError>;

    /// Uses up the account's token if this is its digest, it was not used before and it has not expired. Of any
    /// number of callers at most one is told `true`.
    async fn consume(
        &self,
        kind: LinkKind,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// The account's newest token, unless it has none or used it up.
    async fn live(&self, kind: LinkKind, user: UserId) -> Result<Option<LinkToken>, StoreError>;

    /// The password of the registration that the token with this digest activates.
    async fn chosen_password(
        &self,
        user: UserId,
        digest: TokenDigest,
    ) -> Result<Option<PasswordHash>, StoreError>;
}

/// Sessions, inside a unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Stores a new session.
    async fn start(&self, session: &NewSession) -> Result<Session, StoreError>;

    /// The session of this family, held against other writers until the unit of work ends.
    async fn lock(&self, family: FamilyId) -> Result<Option<Session>, StoreError>;

    /// This session, held against other writers until the unit of work ends.
    async fn lock_by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Writes back a session that was locked.
    async fn save(&self, session: &Session) -> Result<(), StoreError>;
}

/// What the store knows of the bearer of an access token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The account.
    pub user: User,
    /// The token's session, unless it is gone.
    pub session: Option<Session>,
}

/// Reads of accounts that change nothing, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait AccountQueries: Send + Sync {
    /// The account with this address.
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// This account.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// A part of the list of these accounts, the newest id first. The total is counted.
    async fn users(
        &self,
        filter: &UserFilter,
        position: Position<UserId>,
        size: PageSize,
    ) -> Result<Page<User>, StoreError>;

    /// The account and the session that an access token names, in one read.
    async fn authenticated(
        &self,
        user: UserId,
        family: FamilyId,
    ) -> Result<Option<Authenticated>, StoreError>;

    /// A part of the list of an account's sessions that still live, the newest id first. The total is counted.
    async fn live_sessions(
        &self,
        user: &User,
        now: DateTime<Utc>,
        position: Position<SessionId>,
        size: PageSize,
    ) -> Result<Page<Session>, StoreError>;

    /// This token, unless it is gone or used up.
    async fn live_link_token(&self, kind: LinkKind, id: LinkTokenId)
    -> Result<Option<LinkToken>, StoreError>;

    /// The account with this address, if this is the digest of its token, used up or not. One read whoever asks, so
    /// that its time does not tell who has an account.
    async fn link_holder(
        &self,
        kind: LinkKind,
        email: &Email,
        digest: TokenDigest,
    ) -> Result<Option<UserId>, StoreError>;

    /// The password of the registration that the activation token with this digest confirms. `None` where there is no such
    /// token, or it was used or has expired.
    async fn chosen_password(
        &self,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<Option<PasswordHash>, StoreError>;

    /// Whether the owner of the account with this address has called from this network. One read whoever asks.
    async fn is_known_network(&self, email: &Email, network: ClientNetwork) -> Result<bool, StoreError>;

    /// Whether there is any administrator.
    async fn has_admin(&self) -> Result<bool, StoreError>;
}
