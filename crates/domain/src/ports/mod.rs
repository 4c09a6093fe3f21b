//! Ports: traits that declare what the domain needs from outside, implemented by adapters.
//!
//! Every port is `Send + Sync` and usable behind `dyn`. A look-up returns an `Option`: the use case decides whether a
//! missing row is an error.

mod accounts;
mod catalogue;
mod environment;
mod hashing;
mod legacy;
mod limits;
mod mailer;
mod outbox;
mod profiles;
mod retention;
mod storage;
mod store;
mod tokens;

pub use accounts::{AccountQueries, Authenticated, LinkTokenRepository, SessionRepository, UserRepository};
pub use catalogue::{
    Added, CatalogueChanges, CatalogueQueries, MoviePage, MovieRepository, TaxonomyCursor, TaxonomyRepository,
};
pub use environment::{Clock, HealthProbe, Randomness};
pub use hashing::{HashingError, HashingPermit, PasswordHasher, Verdict};
pub use legacy::{LegacyAccount, LegacyMovie, LegacyProfile, LegacySource};
pub use limits::{Limit, RateLimiter, Refused, Reservation};
pub use mailer::{MailError, Mailbox, MailboxError, Mailer, StoredMail};
pub use outbox::{Outbox, OutboxReader};
pub use profiles::{ProfileQueries, ProfileRepository};
pub use retention::RetentionStore;
pub use storage::{AvatarProcessor, ObjectError, ObjectStore, ProcessingError};
pub use store::{StoreError, UnitOfWork, UnitOfWorkFactory};
pub use tokens::{AccessClaims, MailTokens, RefreshClaims, SessionTokens, TokenError};
