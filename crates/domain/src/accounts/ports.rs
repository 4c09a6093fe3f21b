use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{
    ClientNetwork, Email, FamilyId, LinkKind, LinkToken, LinkTokenId, NewLinkToken, NewSession, NewUser,
    PasswordHash, Session, SessionId, TokenDigest, User, UserFilter, UserId,
};
use crate::{
    page::{Page, PageSize, Position},
    store::{StoreError, UnitOfWork},
};

/// A unit of work on accounts.
pub trait AccountUnit: UnitOfWork {
    /// The accounts.
    fn users(&self) -> &dyn UserRepository;
    /// The tokens of mailed links.
    fn link_tokens(&self) -> &dyn LinkTokenRepository;
    /// The sessions.
    fn sessions(&self) -> &dyn SessionRepository;
}

/// Accounts, inside a unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; other errors are documented on the method.
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Stores a new account.
    ///
    /// Fails with [`StoreError::Conflict`] if the address is taken; the unit of work can continue.
    async fn add(&self, user: &NewUser) -> Result<User, StoreError>;

    /// The account with this address, locked against other writers until the unit of work ends.
    async fn lock_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// This account, locked against other writers until the unit of work ends.
    async fn lock(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// All active administrators. They and this account are locked against other writers until the unit of work ends, in
    /// a fixed order, so that concurrent callers cannot deadlock.
    async fn lock_active_admins_and(&self, id: UserId) -> Result<Vec<UserId>, StoreError>;

    /// Stores the changes of a locked account.
    async fn save(&self, user: &User) -> Result<(), StoreError>;

    /// Deletes the known networks of an account, because they may not be the owner's.
    async fn forget_networks(&self, user: UserId) -> Result<(), StoreError>;

    /// Records that the owner of an account called from this network.
    async fn remember_network(
        &self,
        user: UserId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}

/// The tokens of mailed links, inside a unit of work. An account has at most one live token of each kind; a pending account
/// has one activation token per registration, identified by the password of the registration.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait LinkTokenRepository: Send + Sync {
    /// Stores a token and replaces the account's token of the same kind and password.
    async fn issue(&self, kind: LinkKind, token: &NewLinkToken) -> Result<LinkTokenId, StoreError>;

    /// Deletes the account's tokens of this kind, if it has any.
    async fn revoke(&self, kind: LinkKind, user: UserId) -> Result<(), StoreError>;

    /// Consumes the account's token if this is its digest, it was not used before and it has not expired. Of any number
    /// of concurrent calls at most one returns `true`.
    async fn consume(
        &self,
        kind: LinkKind,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// The account's newest token; `None` if it has none or the token was consumed.
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

    /// The session of this family, locked against other writers until the unit of work ends.
    async fn lock(&self, family: FamilyId) -> Result<Option<Session>, StoreError>;

    /// This session, locked against other writers until the unit of work ends.
    async fn lock_by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Stores the changes of a locked session.
    async fn save(&self, session: &Session) -> Result<(), StoreError>;
}

/// User and session of an access token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The user.
    pub user: User,
    /// The session of the token; `None` if it was deleted.
    pub session: Option<Session>,
}

/// Read-only queries of accounts, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait AccountQueries: Send + Sync {
    /// The account with this address.
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// This account.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// A page of the accounts that match the filter, in descending order of their ids, with the total.
    async fn users(
        &self,
        filter: &UserFilter,
        position: Position<UserId>,
        size: PageSize,
    ) -> Result<Page<User>, StoreError>;

    /// The user and the session of an access token, in one read.
    async fn authenticated(
        &self,
        user: UserId,
        family: FamilyId,
    ) -> Result<Option<Authenticated>, StoreError>;

    /// A page of the live sessions of an account, in descending order of their ids, with the total.
    async fn live_sessions(
        &self,
        user: &User,
        now: DateTime<Utc>,
        position: Position<SessionId>,
        size: PageSize,
    ) -> Result<Page<Session>, StoreError>;

    /// This token; `None` if it was deleted or consumed.
    async fn live_link_token(&self, kind: LinkKind, id: LinkTokenId)
    -> Result<Option<LinkToken>, StoreError>;

    /// The account with this address, if this is the digest of its token, consumed or not. It always takes one read, so
    /// that its duration does not reveal whether the account exists.
    async fn link_holder(
        &self,
        kind: LinkKind,
        email: &Email,
        digest: TokenDigest,
    ) -> Result<Option<UserId>, StoreError>;

    /// The password of the registration that the activation token with this digest confirms; `None` if there is no such
    /// token, or it was used or has expired.
    async fn chosen_password(
        &self,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<Option<PasswordHash>, StoreError>;

    /// Whether the owner of the account with this address has called from this network. It always takes one read.
    async fn is_known_network(&self, email: &Email, network: ClientNetwork) -> Result<bool, StoreError>;

    /// Whether there is any administrator.
    async fn has_admin(&self) -> Result<bool, StoreError>;
}
