//! Registering, logging in and staying logged in.

mod activate;
mod admin;
mod authenticate;
mod change_password;
mod limits;
mod links;
mod login;
mod logout;
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
    accounts::SessionLifetime,
    ports::{
        AccountQueries, Clock, MailTokens, PasswordHasher, Randomness, SessionTokens, UnitOfWorkFactory,
    },
};

pub use activate::{ActivateAccount, ActivateError, Activated, activate};
pub use admin::{AdminError, FirstAdmin, GrantedAdmin, draw_password, ensure_first_admin, grant_admin};
pub use authenticate::{AuthenticateError, Caller, authenticate};
pub use change_password::{ChangePassword, ChangePasswordError, change_password};
pub use limits::{LimitRules, Limits};
pub use login::{Login, LoginError, login};
pub use logout::{LogoutError, logout};
pub use refresh::{RefreshError, refresh};
pub use register::{RegisterAccount, RegisterError, Registered, register};
pub use request_activation::{EmailRequestError, request_activation, send_requested_activation};
pub use request_password_reset::{request_password_reset, send_requested_password_reset};
pub use reset_password::{ResetPassword, ResetPasswordError, reset_password};
pub use session_tokens::TokenPair;
pub use sessions::{SessionsError, end_session, list_sessions, logout_all};

/// What the use cases of this module need.
#[derive(Clone)]
pub struct Accounts {
    /// Opens units of work.
    pub store: Arc<dyn UnitOfWorkFactory>,
    /// Reads accounts.
    pub queries: Arc<dyn AccountQueries>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Signs and reads access and refresh tokens.
    pub session_tokens: Arc<dyn SessionTokens>,
    /// Makes and recognises the tokens of mailed links.
    pub mail_tokens: Arc<dyn MailTokens>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws nonces and names.
    pub randomness: Arc<dyn Randomness>,
    /// Keeps guessers and mail bombers to their share.
    pub limits: Limits,
    /// How long things live, and what is hidden.
    pub settings: AccountSettings,
}

/// How long tokens and sessions live, and what is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    /// An access token, unless its session ends sooner.
    pub access_token_ttl: Duration,
    /// A session.
    pub session: SessionLifetime,
    /// An activation token.
    pub activation_token_ttl: Duration,
    /// A password reset token.
    pub password_reset_token_ttl: Duration,
    /// Whether a registration is answered alike whether the address has an account or not.
    pub hide_accounts: bool,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            access_token_ttl: Duration::minutes(15),
            session: SessionLifetime { idle: Duration::days(7), max: Duration::days(30) },
            activation_token_ttl: Duration::hours(24),
            password_reset_token_ttl: Duration::hours(24),
            hide_accounts: false,
        }
    }
}
