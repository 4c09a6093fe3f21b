//! Accounts: users, passwords, mailed links and sessions.

mod email;
mod group;
mod hashing;
mod link_token;
mod network;
mod password;
mod ports;
mod retention;
mod session;
mod tokens;
mod user;

pub use email::{Email, EmailError, EmailPart, EmailPartError};
pub use group::{Group, UnknownGroup};
pub use hashing::{HashingError, HashingPermit, PasswordHasher, Verdict};
pub use link_token::{LinkKind, LinkToken, LinkTokenId, MailedToken, NewLinkToken, TokenDigest, TokenNonce};
pub use network::ClientNetwork;
pub use password::{
    MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, Password, PasswordAttempt, PasswordHash, PasswordRule,
    SPECIAL_CHARACTERS,
};
pub use ports::{
    AccountQueries, AccountUnit, Authenticated, LinkTokenRepository, SessionRepository, UserRepository,
};
pub use retention::RetentionStore;
pub use session::{
    FamilyId, NewSession, REFRESH_GRACE, Refreshed, Session, SessionEnded, SessionId, SessionLifetime,
    SessionOrigin,
};
pub use tokens::{AccessClaims, MailTokens, RefreshClaims, SessionTokens, TokenError};
pub use user::{AccountStatus, ActivationError, NewUser, Reregistration, User, UserFilter, UserId};
