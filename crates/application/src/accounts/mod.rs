//! Registration, login, sessions and passwords.

mod activate;
mod admin;
mod authenticate;
mod change_password;
mod jobs;
mod limits;
mod links;
mod login;
mod logout;
mod messages;
mod purge;
mod refresh;
mod register;
mod request_activation;
mod request_password_reset;
mod reset_password;
mod session_tokens;
mod sessions;

use std::sync::Arc;

use chrono::Duration;
use domain::{
    accounts::{AccountQueries, AccountUnit, MailTokens, PasswordHasher, SessionLifetime, SessionTokens},
    environment::{Clock, Randomness},
    store::Begin,
};

pub use activate::{ActivateAccount, ActivateError, Activated, activate};
pub use admin::{AdminError, FirstAdmin, GrantedAdmin, ensure_first_admin, generate_password, grant_admin};
pub use authenticate::{AuthenticateError, Caller, authenticate};
pub use change_password::{ChangePassword, ChangePasswordError, change_password};
pub use jobs::AccountJobs;
pub use limits::{LimitRules, Limits};
pub use login::{Login, LoginError, login};
pub use logout::{LogoutError, logout};
pub use messages::AccountMessage;
pub use purge::AccountRetention;
pub use refresh::{RefreshError, refresh};
pub use register::{RegisterAccount, RegisterError, Registered, register};
pub use request_activation::{EmailRequestError, request_activation, send_requested_activation};
pub use request_password_reset::{request_password_reset, send_requested_password_reset};
pub use reset_password::{ResetPassword, ResetPasswordError, reset_password};
pub use session_tokens::TokenPair;
pub use sessions::{EndSessionError, end_session, list_sessions, logout_all};

/// Dependencies of the use cases of this module.
#[derive(Clone)]
pub struct Accounts {
    /// Opens units of work.
    pub store: Arc<dyn Begin<dyn AccountUnit>>,
    /// Reads accounts.
    pub queries: Arc<dyn AccountQueries>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Signs and reads access and refresh tokens.
    pub session_tokens: Arc<dyn SessionTokens>,
    /// Creates and verifies the tokens of mailed links.
    pub mail_tokens: Arc<dyn MailTokens>,
    /// Returns the current time.
    pub clock: Arc<dyn Clock>,
    /// Generates nonces, identifiers and passwords.
    pub randomness: Arc<dyn Randomness>,
    /// Limits password guessing and email flooding.
    pub limits: Limits,
    /// Token and session lifetimes, and whether accounts are hidden.
    pub settings: AccountSettings,
}

/// Token and session lifetimes, and whether accounts are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    /// Lifetime of an access token, unless its session ends sooner.
    pub access_token_ttl: Duration,
    /// Lifetime of a session.
    pub session: SessionLifetime,
    /// Lifetime of an activation token.
    pub activation_token_ttl: Duration,
    /// Lifetime of a password reset token.
    pub password_reset_token_ttl: Duration,
    /// Whether a registration gets the same response for an address with and without an account.
    pub hide_accounts: bool,
}
