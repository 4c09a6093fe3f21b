use async_trait::async_trait;

use super::{
    LinkTokenRepository, MovieRepository, Outbox, ProfileRepository, ReferenceRepository, SessionRepository,
    UserRepository,
};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, is out of room, too busy, or gave up on a lock. The same call may work later.
    #[error("the store is not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A unique value is taken already.
    #[error("the store holds such a row already")]
    Conflict,
    /// It holds something that this version cannot read, or refused a statement: a fault of ours.
    #[error("the store failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Opens units of work.
#[async_trait]
pub trait UnitOfWorkFactory: Send + Sync {
    /// Begins a unit of work that may write.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;
}

/// Everything that is kept together or not at all. Dropping it, like `rollback`, keeps nothing.
///
/// Hashing, mailing and any other slow work is done before it begins or, through the outbox, after it ends.
#[async_trait]
pub trait UnitOfWork: Send + Sync {
    /// The accounts.
    fn users(&self) -> &dyn UserRepository;
    /// The tokens of mailed links.
    fn link_tokens(&self) -> &dyn LinkTokenRepository;
    /// The sessions.
    fn sessions(&self) -> &dyn SessionRepository;
    /// The profiles.
    fn profiles(&self) -> &dyn ProfileRepository;
    /// The movies.
    fn movies(&self) -> &dyn MovieRepository;
    /// The genres, actors, countries and languages.
    fn references(&self) -> &dyn ReferenceRepository;
    /// What to do once this is kept.
    fn outbox(&self) -> &dyn Outbox;

    /// Keeps everything.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]: whether anything was kept is then unknown.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Keeps nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; nothing is kept all the same.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}
