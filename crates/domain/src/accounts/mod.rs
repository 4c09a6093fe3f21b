//! Accounts: users, passwords, mailed links and sessions.

mod email;
mod group;
mod link_token;
mod network;
mod password;
mod session;
mod user;

pub use email::{Email, EmailError, EmailPart, EmailPartError};
pub use group::{Group, UnknownGroup};
pub use link_token::{LinkKind, LinkToken, LinkTokenId, MailedToken, NewLinkToken, TokenDigest, TokenNonce};
pub use network::ClientNetwork;
pub use password::{
    MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, Password, PasswordAttempt, PasswordHash, PasswordRule,
    SPECIAL_CHARACTERS,
};
pub use session::{
    FamilyId, NewSession, REFRESH_GRACE, Refreshed, Session, SessionEnded, SessionId, SessionLifetime,
    SessionOrigin,
};
pub use user::{AccountStatus, ActivationError, NewUser, Reregistration, User, UserFilter, UserId};
