//! Problems of accounts and sessions.

use actix_web::http::StatusCode;
use application::accounts::{
    ActivateError, ChangePasswordError, EmailRequestError, EndSessionError, LoginError, LogoutError,
    RefreshError, RegisterError, ResetPasswordError,
};
use domain::accounts::TokenError;

pub(crate) use crate::documentation::problems::*;
use crate::{
    documentation::problems::groups,
    http::{
        Problem,
        problem::OAuthError,
        row::{conversions, problems, variants},
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

conversions! {
    ActivateError {
        InvalidToken => InvalidActivationToken, AlreadyActive => AlreadyActive, ConfirmPassword => ConfirmPassword;
        TooMany, Hashing, Store
    }
    LoginError {
        InvalidCredentials => InvalidCredentials, NotActivated => NotActivated; TooMany, Hashing, Store
    }
    EmailRequestError { ; TooMany, Store }
    RegisterError { ; TooMany, Hashing, Store; EmailTaken => EmailTaken }
    LogoutError { InvalidToken => InvalidLogoutToken; Store }
    ResetPasswordError { InvalidToken => InvalidResetToken; Hashing, Store }
    ChangePasswordError {
        WrongPassword => WrongPassword, SessionEnded => InvalidToken; TooMany, Hashing, Store
    }
    EndSessionError { NotFound => SessionNotFound; Store }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Token(TokenError::Expired) => RefreshTokenExpired.into(),
            RefreshError::Token(TokenError::Invalid) => InvalidRefreshToken.into(),
            RefreshError::NotFound => RefreshTokenNotFound.into(),
            RefreshError::TooMany(refused) => refused.into(),
            RefreshError::Store(error) => error.into(),
        }
    }
}
