//! Maps errors of use cases to problems. No other file assigns a status to an error.

use std::time::Duration;

use actix_web::http::StatusCode;
use application::{
    Changed,
    accounts::{
        ActivateError, AuthenticateError, ChangePasswordError, EmailRequestError, LoginError, LogoutError,
        RefreshError, RegisterError, ResetPasswordError, SessionsError,
    },
    administration::{AdministrationError, ListUsersError},
    catalogue::{
        CreateMovieError, DeleteMovieError, GetMovieError, ListMoviesError, UpdateMovieError,
        taxonomies::{
            CreateTaxonomyEntryError, DeleteTaxonomyEntryError, GetTaxonomyEntryError, ListTaxonomyError,
            UpdateTaxonomyEntryError,
        },
    },
    profiles::{ProfileError, UploadError},
};
use domain::catalogue::Taxonomy;
use domain::{
    accounts::HashingError, mail::MailboxError, profiles::ProcessingError, rate_limit::Refused,
    store::StoreError,
};

use crate::http::problem::Problem;

/// `Retry-After` while the database is unavailable.
const STORE_RETRY: Duration = Duration::from_secs(2);

/// `Retry-After` after an object store failed to store a picture.
const UPLOAD_RETRY: Duration = Duration::from_secs(5);

const MOVIE_NOT_FOUND: (&str, &str) = ("movie_not_found", "Movie with the given ID was not found.");

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let problem = match &error {
            StoreError::Unavailable(_) => {
                let detail = "The service is busy or its database is unavailable. Please try again.";
                Self::unavailable("store_unavailable", detail, STORE_RETRY)
            }
            StoreError::Conflict | StoreError::Failed(_) => Self::internal(),
        };
        problem.because(error)
    }
}

impl From<HashingError> for Problem {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Overloaded { retry_after } => Self::unavailable(
                "too_many_logins",
                "Too many people are logging in. Please try again.",
                retry_after,
            ),
            HashingError::Failed(_) => Self::internal().because(error),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::too_many(refused.retry_after)
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::TooMany(refused) => refused.into(),
            UploadError::Processing(ProcessingError::Overloaded { retry_after }) => {
                let detail = "Too many pictures are being processed. Please try again.";
                Self::unavailable("too_many_pictures", detail, retry_after)
            }
            UploadError::Processing(error) => Self::internal().because(error),
        }
    }
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
            RegisterError::EmailTaken(_) => Self::conflict("email_taken", error.to_string()),
            RegisterError::TooMany(refused) => refused.into(),
            RegisterError::Hashing(error) => error.into(),
            RegisterError::Store(error) => error.into(),
        }
    }
}

impl From<ActivateError> for Problem {
    fn from(error: ActivateError) -> Self {
        match error {
            ActivateError::InvalidToken => Self::bad_request("invalid_activation_token", error.to_string()),
            ActivateError::AlreadyActive => Self::bad_request("already_active", error.to_string()),
            ActivateError::ConfirmPassword => Self::bad_request("confirm_password", error.to_string()),
            ActivateError::TooMany(refused) => refused.into(),
            ActivateError::Hashing(error) => error.into(),
            ActivateError::Store(error) => error.into(),
        }
    }
}

impl From<LoginError> for Problem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::InvalidCredentials => {
                Self::unauthorized("invalid_credentials", "Invalid email or password.", false)
            }
            LoginError::NotActivated => Self::forbidden("not_activated", error.to_string()),
            LoginError::TooMany(refused) => refused.into(),
            LoginError::Hashing(error) => error.into(),
            LoginError::Store(error) => error.into(),
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Expired => Self::bad_request("token_expired", error.to_string()),
            RefreshError::Invalid => Self::bad_request("invalid_token", error.to_string()),
            RefreshError::NotFound => {
                Self::unauthorized("refresh_token_not_found", "Refresh token not found.", true)
            }
            RefreshError::TooMany(refused) => refused.into(),
            RefreshError::Store(error) => error.into(),
        }
    }
}

impl From<LogoutError> for Problem {
    fn from(error: LogoutError) -> Self {
        match error {
            LogoutError::InvalidToken => Self::bad_request("invalid_token", error.to_string()),
            LogoutError::Store(error) => error.into(),
        }
    }
}

impl From<ResetPasswordError> for Problem {
    fn from(error: ResetPasswordError) -> Self {
        match error {
            ResetPasswordError::InvalidToken => Self::bad_request("invalid_reset_token", error.to_string()),
            ResetPasswordError::Hashing(error) => error.into(),
            ResetPasswordError::Store(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::WrongPassword => Self::bad_request("wrong_password", error.to_string()),
            ChangePasswordError::SessionEnded => AuthenticateError::Invalid.into(),
            ChangePasswordError::TooMany(refused) => refused.into(),
            ChangePasswordError::Hashing(error) => error.into(),
            ChangePasswordError::Store(error) => error.into(),
        }
    }
}

impl From<SessionsError> for Problem {
    fn from(error: SessionsError) -> Self {
        match error {
            SessionsError::NotFound => Self::not_found("session_not_found", error.to_string()),
            SessionsError::PastTheEnd => Self::not_found("page_past_the_end", error.to_string()),
            SessionsError::Store(error) => error.into(),
        }
    }
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Expired => Self::unauthorized("token_expired", "Token has expired.", true),
            AuthenticateError::Invalid => Self::unauthorized("invalid_token", "Invalid token.", true),
            AuthenticateError::NotActive => {
                Self::unauthorized("user_not_active", "User not found or not active.", true)
            }
            AuthenticateError::Store(error) => error.into(),
        }
    }
}

impl From<AdministrationError> for Problem {
    fn from(error: AdministrationError) -> Self {
        match error {
            AdministrationError::NotFound => Self::not_found("user_not_found", error.to_string()),
            AdministrationError::LastAdmin => Self::conflict("last_admin", error.to_string()),
            AdministrationError::Changed(error) => error.into(),
            AdministrationError::Store(error) => error.into(),
        }
    }
}

impl From<ListUsersError> for Problem {
    fn from(error: ListUsersError) -> Self {
        match error {
            ListUsersError::PastTheEnd => Self::not_found("page_past_the_end", error.to_string()),
            ListUsersError::Store(error) => error.into(),
        }
    }
}

impl From<ProfileError> for Problem {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Forbidden => Self::forbidden("not_your_profile", error.to_string()),
            ProfileError::UserNotActive => AuthenticateError::NotActive.into(),
            ProfileError::AlreadyExists => Self::bad_request("profile_exists", error.to_string()),
            ProfileError::NotFound => Self::not_found("profile_not_found", error.to_string()),
            ProfileError::UploadFailed { reason } => {
                let detail = "Failed to upload avatar. Please try again later.";
                Self::unavailable("avatar_upload_failed", detail, UPLOAD_RETRY).because(reason)
            }
            ProfileError::Changed(error) => error.into(),
            ProfileError::Store(error) => error.into(),
        }
    }
}

impl From<ListMoviesError> for Problem {
    fn from(error: ListMoviesError) -> Self {
        match error {
            ListMoviesError::PastTheEnd => Self::not_found("page_past_the_end", error.to_string()),
            ListMoviesError::Store(error) => error.into(),
        }
    }
}

/// Stable code of an error of a taxonomy entry.
fn taxonomy_code(kind: Taxonomy, problem: TaxonomyProblem) -> &'static str {
    use Taxonomy::{Actor, Country, Genre, Language};
    use TaxonomyProblem::{Exists, InUse, NotFound};

    match (kind, problem) {
        (Genre, NotFound) => "genre_not_found",
        (Genre, Exists) => "genre_exists",
        (Genre, InUse) => "genre_in_use",
        (Actor, NotFound) => "actor_not_found",
        (Actor, Exists) => "actor_exists",
        (Actor, InUse) => "actor_in_use",
        (Country, NotFound) => "country_not_found",
        (Country, Exists) => "country_exists",
        (Country, InUse) => "country_in_use",
        (Language, NotFound) => "language_not_found",
        (Language, Exists) => "language_exists",
        (Language, InUse) => "language_in_use",
    }
}

#[derive(Clone, Copy)]
enum TaxonomyProblem {
    NotFound,
    Exists,
    InUse,
}

impl From<ListTaxonomyError> for Problem {
    fn from(error: ListTaxonomyError) -> Self {
        match error {
            ListTaxonomyError::PastTheEnd(_) => Self::not_found("page_past_the_end", error.to_string()),
            ListTaxonomyError::Store(error) => error.into(),
        }
    }
}

impl From<GetTaxonomyEntryError> for Problem {
    fn from(error: GetTaxonomyEntryError) -> Self {
        match error {
            GetTaxonomyEntryError::NotFound(kind) => {
                Self::not_found(taxonomy_code(kind, TaxonomyProblem::NotFound), error.to_string())
            }
            GetTaxonomyEntryError::Store(error) => error.into(),
        }
    }
}

impl From<CreateTaxonomyEntryError> for Problem {
    fn from(error: CreateTaxonomyEntryError) -> Self {
        match error {
            CreateTaxonomyEntryError::AlreadyExists(kind) => {
                Self::conflict(taxonomy_code(kind, TaxonomyProblem::Exists), error.to_string())
            }
            CreateTaxonomyEntryError::Store(error) => error.into(),
        }
    }
}

impl From<UpdateTaxonomyEntryError> for Problem {
    fn from(error: UpdateTaxonomyEntryError) -> Self {
        match error {
            UpdateTaxonomyEntryError::NotFound(kind) => {
                Self::not_found(taxonomy_code(kind, TaxonomyProblem::NotFound), error.to_string())
            }
            UpdateTaxonomyEntryError::AlreadyExists(kind) => {
                Self::conflict(taxonomy_code(kind, TaxonomyProblem::Exists), error.to_string())
            }
            UpdateTaxonomyEntryError::Changed(error) => error.into(),
            UpdateTaxonomyEntryError::Store(error) => error.into(),
        }
    }
}

impl From<DeleteTaxonomyEntryError> for Problem {
    fn from(error: DeleteTaxonomyEntryError) -> Self {
        match error {
            DeleteTaxonomyEntryError::NotFound(kind) => {
                Self::not_found(taxonomy_code(kind, TaxonomyProblem::NotFound), error.to_string())
            }
            DeleteTaxonomyEntryError::InUse(kind) | DeleteTaxonomyEntryError::NothingToMergeInto(kind) => {
                Self::conflict(taxonomy_code(kind, TaxonomyProblem::InUse), error.to_string())
            }
            DeleteTaxonomyEntryError::Changed(error) => error.into(),
            DeleteTaxonomyEntryError::Store(error) => error.into(),
        }
    }
}

impl From<GetMovieError> for Problem {
    fn from(error: GetMovieError) -> Self {
        match error {
            GetMovieError::NotFound => Self::not_found(MOVIE_NOT_FOUND.0, MOVIE_NOT_FOUND.1),
            GetMovieError::Store(error) => error.into(),
        }
    }
}

impl From<CreateMovieError> for Problem {
    fn from(error: CreateMovieError) -> Self {
        match error {
            CreateMovieError::AlreadyExists { .. } => Self::conflict("movie_exists", error.to_string()),
            CreateMovieError::Store(error) => error.into(),
        }
    }
}

impl From<UpdateMovieError> for Problem {
    fn from(error: UpdateMovieError) -> Self {
        match error {
            UpdateMovieError::NotFound => Self::not_found(MOVIE_NOT_FOUND.0, MOVIE_NOT_FOUND.1),
            UpdateMovieError::Changed(error) => error.into(),
            UpdateMovieError::AlreadyExists { .. } => Self::conflict("movie_exists", error.to_string()),
            UpdateMovieError::Store(error) => error.into(),
        }
    }
}

impl From<DeleteMovieError> for Problem {
    fn from(error: DeleteMovieError) -> Self {
        match error {
            DeleteMovieError::NotFound => Self::not_found(MOVIE_NOT_FOUND.0, MOVIE_NOT_FOUND.1),
            DeleteMovieError::Changed(error) => error.into(),
            DeleteMovieError::Store(error) => error.into(),
        }
    }
}

impl From<MailboxError> for Problem {
    fn from(error: MailboxError) -> Self {
        Self::internal().because(error)
    }
}

impl From<Changed> for Problem {
    fn from(error: Changed) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "resource_changed", error.to_string())
    }
}
