//! Problems of accounts and sessions.

use actix_web::http::StatusCode;
use application::accounts::{
    ActivateError, ChangePasswordError, EmailRequestError, LoginError, LogoutError, RefreshError,
    RegisterError, ResetPasswordError, SessionsError,
};

pub(crate) use crate::documentation::problems::*;
use crate::{
    documentation::problems::groups,
    http::{
        problem::{OAuthError, Problem},
        row::{problems, variants},
    },
};

problems! {
    EmailTaken(CONFLICT, "email_taken", "A user with this email ann@example.com already exists.");
    InvalidActivationToken(BAD_REQUEST, "invalid_activation_token", "Invalid or expired activation token.");
    AlreadyActive(BAD_REQUEST, "already_active", "User account is already active.");
    ConfirmPassword(BAD_REQUEST, "confirm_password", "Confirm the password you registered with.");
    InvalidCredentials(UNAUTHORIZED, "invalid_credentials", "Invalid email or password.");
    NotActivated(FORBIDDEN, "not_activated", "User account is not activated.");
    RefreshTokenNotFound(UNAUTHORIZED, "refresh_token_not_found", "Refresh token not found.").refusing_token();
    InvalidResetToken(BAD_REQUEST, "invalid_reset_token", "Invalid email or token.");
    WrongPassword(BAD_REQUEST, "wrong_password", "Old password is incorrect.");
    SessionNotFound(NOT_FOUND, "session_not_found", "Session not found.");
    UnsupportedGrantType(BAD_REQUEST, "unsupported_grant_type",
        "The grant type must be password or refresh_token."
    ).oauth(OAuthError::UnsupportedGrantType);
    InvalidRequest(BAD_REQUEST, "invalid_request", "username is required.").oauth(OAuthError::InvalidRequest);
}

variants! {
    NoSessions = PagePastTheEnd::ROW.with_detail("No sessions found.");
    RefreshTokenExpired = TokenExpired::ROW.with_status(StatusCode::BAD_REQUEST);
    InvalidRefreshToken = InvalidToken::ROW.with_status(StatusCode::BAD_REQUEST);
    InvalidLogoutToken = InvalidRefreshToken::ROW.with_detail("Failed to logout. Invalid or expired token.");
    InvalidCredentialsGrant = InvalidCredentials::ROW.oauth(OAuthError::InvalidGrant);
    NotActivatedGrant = NotActivated::ROW.oauth(OAuthError::InvalidGrant);
    ExpiredGrant = TokenExpired::ROW.oauth(OAuthError::InvalidGrant);
    InvalidTokenGrant = InvalidToken::ROW.oauth(OAuthError::InvalidGrant);
    GrantNotFound = RefreshTokenNotFound::ROW.oauth(OAuthError::InvalidGrant);
}

groups! {
    /// The grant was refused (RFC 6749, 5.2).
    InvalidGrant = [
        InvalidCredentialsGrant, NotActivatedGrant, ExpiredGrant, InvalidTokenGrant, GrantNotFound,
    ];
}

impl From<EmailRequestError> for Problem {
    fn from(error: EmailRequestError) -> Self {
        match error {
            EmailRequestError::TooMany(refused) => refused.into(),
            EmailRequestError::Store(error) => error.into(),
        }
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken(_) => Self::from(EmailTaken).with_detail(error.to_string()),
            RegisterError::TooMany(refused) => refused.into(),
            RegisterError::Hashing(error) => error.into(),
            RegisterError::Store(error) => error.into(),
        }
    }
}

impl From<ActivateError> for Problem {
    fn from(error: ActivateError) -> Self {
        match error {
            ActivateError::InvalidToken => InvalidActivationToken.into(),
            ActivateError::AlreadyActive => AlreadyActive.into(),
            ActivateError::ConfirmPassword => ConfirmPassword.into(),
            ActivateError::TooMany(refused) => refused.into(),
            ActivateError::Hashing(error) => error.into(),
            ActivateError::Store(error) => error.into(),
        }
    }
}

impl From<LoginError> for Problem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::InvalidCredentials => InvalidCredentials.into(),
            LoginError::NotActivated => NotActivated.into(),
            LoginError::TooMany(refused) => refused.into(),
            LoginError::Hashing(error) => error.into(),
            LoginError::Store(error) => error.into(),
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Expired => RefreshTokenExpired.into(),
            RefreshError::Invalid => InvalidRefreshToken.into(),
            RefreshError::NotFound => RefreshTokenNotFound.into(),
            RefreshError::TooMany(refused) => refused.into(),
            RefreshError::Store(error) => error.into(),
        }
    }
}

impl From<LogoutError> for Problem {
    fn from(error: LogoutError) -> Self {
        match error {
            LogoutError::InvalidToken => InvalidLogoutToken.into(),
            LogoutError::Store(error) => error.into(),
        }
    }
}

impl From<ResetPasswordError> for Problem {
    fn from(error: ResetPasswordError) -> Self {
        match error {
            ResetPasswordError::InvalidToken => InvalidResetToken.into(),
            ResetPasswordError::Hashing(error) => error.into(),
            ResetPasswordError::Store(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::WrongPassword => WrongPassword.into(),
            ChangePasswordError::SessionEnded => InvalidToken.into(),
            ChangePasswordError::TooMany(refused) => refused.into(),
            ChangePasswordError::Hashing(error) => error.into(),
            ChangePasswordError::Store(error) => error.into(),
        }
    }
}

impl From<SessionsError> for Problem {
    fn from(error: SessionsError) -> Self {
        match error {
            SessionsError::NotFound => SessionNotFound.into(),
            SessionsError::PastTheEnd => NoSessions.into(),
            SessionsError::Store(error) => error.into(),
        }
    }
}
