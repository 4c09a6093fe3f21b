//! The errors that operations document, each with the texts it really has.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::json;
use utoipa::{
    IntoResponses,
    openapi::{
        ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder,
        example::ExampleBuilder, schema::Type,
    },
};

use crate::http::problem::PROBLEM_JSON;

/// One way to fail: its stable code and its sentence.
type Failure = (&'static str, &'static str);

/// One thing that is wrong with the input: where it stands, which part of it, its code and its sentence. Which part of a
/// path, a body or a form that is, [`fitted`](super::fitted) says for each operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldFailure(&'static str, &'static str, &'static str, &'static str);

const BODY_ERROR: FieldFailure = FieldFailure("body", "/name", "missing", "This field is required.");
const FORM_ERROR: FieldFailure = FieldFailure("form", "/name", "missing", "This field is required.");
pub(super) const PATH_ERROR: FieldFailure =
    FieldFailure("path", "/id", "invalid_id", "The id must be a positive 64-bit integer.");
pub(super) const UNKNOWN_FIELD: FieldFailure =
    FieldFailure("body", "/colour", "unknown_field", "There is no such field.");
const UNKNOWN_PARAMETER: FieldFailure =
    FieldFailure("query", "/colour", "unknown_field", "There is no such field.");
const QUERY_ERROR: FieldFailure =
    FieldFailure("query", "/page", "invalid_page", "The page must be a number from 1 on.");

impl FieldFailure {
    /// The code of the error, for programs.
    pub(super) const fn code(self) -> &'static str {
        self.2
    }

    /// As problem details show it.
    pub(super) fn shown(self) -> serde_json::Value {
        let Self(place, pointer, code, detail) = self;
        json!({"in": place, "pointer": pointer, "code": code, "detail": detail})
    }
}

const UNAVAILABLE: &[Failure] = &[
    ("store_unavailable", "The service is busy or its database is away. Please try again."),
    ("too_many_logins", "Too many people are logging in. Please try again."),
    ("answer_too_slow", "It took too long to answer. Please try again."),
];
const INTERNAL: &[Failure] = &[(
    "internal_error",
    "Something went wrong on our side. Report the request id, and we can find it in the logs.",
)];
const TOO_MANY: &[Failure] = &[("too_many_requests", "Too many requests. Please try again later.")];
const INVALID: &[Failure] = &[("validation_failed", "The input is not valid; see errors.")];
const MALFORMED: Failure = ("malformed_json", "The body is not valid JSON.");
const BROKEN: Failure = ("broken_body", "The body could not be read.");
const TOO_SLOW: &[Failure] = &[("body_too_slow", "The body took too long to arrive.")];
const BEARER: &[Failure] = &[
    ("missing_token", "Authorization header is missing"),
    ("malformed_authorization", "Invalid Authorization header format. Expected 'Bearer <token>'"),
    ("token_expired", "Token has expired."),
    ("invalid_token", "Invalid token."),
    ("user_not_active", "User not found or not active."),
];
const CREDENTIALS: &[Failure] = &[("invalid_credentials", "Invalid email or password.")];
const NOT_ACTIVATED: &[Failure] = &[("not_activated", "User account is not activated.")];
const MOVIE_EXISTS: &[Failure] =
    &[("movie_exists", "A movie with the name 'Amélie' and release date '2001-04-25' already exists.")];

/// Gives a type the documented failures of an operation.
macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident$(($error:expr))? { $($status:literal: $failures:expr),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                #[allow(unused_mut, unused_assignments, reason = "not every type has an error of its own")]
                let mut error = BODY_ERROR;
                $(error = $error;)?
                BTreeMap::from([$(($status.to_string(), response($status, $failures, error))),+])
            }
        }
    )+};
}

failures! {
    /// What may happen to every request.
    Always { 500: INTERNAL, 503: UNAVAILABLE }
    /// What may be wrong with a JSON body.
    JsonBody(BODY_ERROR) {
        400: &[MALFORMED, BROKEN], 408: TOO_SLOW, 413: TOO_LARGE, 415: NOT_JSON, 422: INVALID,
    }
    /// What may be wrong with a form with a file.
    MultipartBody(FORM_ERROR) {
        400: &[BROKEN], 408: TOO_SLOW, 413: TOO_LARGE, 415: NOT_MULTIPART, 422: INVALID,
    }
    /// What is our fault.
    Internal { 500: INTERNAL }
    /// The picture cannot be stored now, or the user uploaded too many.
    Upload { 429: TOO_MANY, 503: UPLOAD_FAILED }
    /// Who may not change a profile.
    ProfileEditors { 403: &[("not_your_profile", "You don't have permission to edit this profile.")] }
    /// There is no such profile.
    NoSuchProfile { 404: &[("profile_not_found", "Profile not found.")] }
    /// The profile was not created.
    CreateProfile {
        400: &[("profile_exists", "User already has a profile."), BROKEN],
        401: BEARER,
    }
    /// The query or the path is invalid.
    Parameters(PATH_ERROR) { 422: INVALID }
    /// The operation takes no query parameters.
    NoQuery(UNKNOWN_PARAMETER) { 422: INVALID }
    /// The query of a list is invalid.
    ListQuery(QUERY_ERROR) { 422: INVALID }
    /// The access token is missing, invalid or expired.
    Bearer { 401: BEARER }
    /// The user does not moderate the catalogue.
    ModeratorsOnly { 401: BEARER, 403: &[("moderator_required", "Moderator privileges required")] }
    /// There is no such session.
    NoSuchSession { 404: &[("session_not_found", "Session not found.")] }
    /// The page lies past the end.
    NoSuchSessions { 404: &[("page_past_the_end", "No sessions found.")] }
    /// The user does not administer the accounts.
    AdminsOnly { 401: BEARER, 403: &[("admin_required", "Admin privileges required")] }
    /// There is no such account.
    NoSuchUser { 404: &[("user_not_found", "User not found.")] }
    /// The page lies past the end.
    NoSuchUsers { 404: &[("page_past_the_end", "No users found.")] }
    /// The change would leave no active administrator.
    LastAdmin {
        409: &[("last_admin", "The last active administrator can be neither demoted nor deactivated.")],
    }
    /// The registration was refused.
    Register {
        409: &[("email_taken", "A user with this email ann@example.com already exists.")],
        429: TOO_MANY,
    }
    /// The account was not activated.
    Activate {
        400: &[
            ("invalid_activation_token", "Invalid or expired activation token."),
            ("already_active", "User account is already active."),
            ("confirm_password", "Confirm the password you registered with."),
            MALFORMED,
            BROKEN,
        ],
        429: TOO_MANY,
    }
    /// The password was not reset.
    ResetPassword { 400: &[("invalid_reset_token", "Invalid email or token."), MALFORMED, BROKEN] }
    /// The password was not changed.
    ChangePassword {
        400: &[("wrong_password", "Old password is incorrect."), MALFORMED, BROKEN],
        429: TOO_MANY,
    }
    /// The login was refused.
    Login { 401: CREDENTIALS, 403: NOT_ACTIVATED, 429: TOO_MANY }
    /// The token endpoint refused the request.
    TokenRequest {
        400: &[
            ("invalid_credentials", "Invalid email or password."),
            ("not_activated", "User account is not activated."),
            ("token_expired", "Token has expired."),
            ("invalid_token", "Invalid token."),
            ("refresh_token_not_found", "Refresh token not found."),
            ("unsupported_grant_type", "The grant type must be password or refresh_token."),
            ("invalid_request", "username is required."),
            BROKEN,
        ],
        408: TOO_SLOW,
        413: TOO_LARGE,
        415: NOT_FORM,
        429: TOO_MANY,
    }
    /// The request for an email was refused.
    EmailRequest { 429: TOO_MANY }
    /// The refresh was refused.
    Refresh {
        400: &[("token_expired", "Token has expired."), ("invalid_token", "Invalid token."), MALFORMED, BROKEN],
        401: &[("refresh_token_not_found", "Refresh token not found.")],
        429: TOO_MANY,
    }
    /// The logout was refused.
    Logout { 400: &[("invalid_token", "Failed to logout. Invalid or expired token."), MALFORMED, BROKEN] }
    /// The page lies past the end.
    PastTheEnd { 404: &[("page_past_the_end", "No movies found.")] }
    /// There is no such movie.
    NoSuchMovie { 404: &[("movie_not_found", "Movie with the given ID was not found.")] }
    /// There is such a movie already.
    MovieExists { 409: MOVIE_EXISTS }
    /// There is no such genre.
    NoSuchGenre { 404: &[("genre_not_found", "Genre not found.")] }
    /// There is no such genre, or the page of its movies lies past the end.
    NoGenreOrPage { 404: &[("genre_not_found", "Genre not found."), ("page_past_the_end", "No movies found.")] }
    /// There is such a genre already.
    GenreExists { 409: &[("genre_exists", "Genre with this name already exists.")] }
    /// Movies use the genre.
    GenreInUse {
        409: &[("genre_in_use", "Genre is still used by movies. Name another one in merge_into to take its place.")],
    }
    /// The page lies past the end.
    NoGenres { 404: &[("page_past_the_end", "No genres found.")] }
    /// There is no such actor.
    NoSuchActor { 404: &[("actor_not_found", "Actor not found.")] }
    /// There is no such actor, or the page of its movies lies past the end.
    NoActorOrPage { 404: &[("actor_not_found", "Actor not found."), ("page_past_the_end", "No movies found.")] }
    /// There is such a actor already.
    ActorExists { 409: &[("actor_exists", "Actor with this name already exists.")] }
    /// Movies use the actor.
    ActorInUse {
        409: &[("actor_in_use", "Actor is still used by movies. Name another one in merge_into to take its place.")],
    }
    /// The page lies past the end.
    NoActors { 404: &[("page_past_the_end", "No actors found.")] }
    /// There is no such country.
    NoSuchCountry { 404: &[("country_not_found", "Country not found.")] }
    /// There is no such country, or the page of its movies lies past the end.
    NoCountryOrPage { 404: &[("country_not_found", "Country not found."), ("page_past_the_end", "No movies found.")] }
    /// There is such a country already.
    CountryExists { 409: &[("country_exists", "Country with this name already exists.")] }
    /// Movies use the country.
    CountryInUse {
        409: &[("country_in_use", "Country is still used by movies. Name another one in merge_into to take its place.")],
    }
    /// The page lies past the end.
    NoCountries { 404: &[("page_past_the_end", "No countries found.")] }
    /// There is no such language.
    NoSuchLanguage { 404: &[("language_not_found", "Language not found.")] }
    /// There is no such language, or the page of its movies lies past the end.
    NoLanguageOrPage { 404: &[("language_not_found", "Language not found."), ("page_past_the_end", "No movies found.")] }
    /// There is such a language already.
    LanguageExists { 409: &[("language_exists", "Language with this name already exists.")] }
    /// Movies use the language.
    LanguageInUse {
        409: &[("language_in_use", "Language is still used by movies. Name another one in merge_into to take its place.")],
    }
    /// The page lies past the end.
    NoLanguages { 404: &[("page_past_the_end", "No languages found.")] }
    /// The resource is not what `If-Match` expects.
    Changed { 412: &[("resource_changed", "The resource has changed since it was read.")] }
}

/// The caller has the current reply already.
#[derive(Debug)]
pub(crate) struct NotModified;

impl IntoResponses for NotModified {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let description = "Nothing has changed since the `ETag` in `If-None-Match` was given.";
        let etag = header("The validator of the reply (RFC 9110, 8.8.3).");
        let response = ResponseBuilder::new().description(description).header("ETag", etag).build();
        BTreeMap::from([("304".to_owned(), response.into())])
    }
}

const TOO_LARGE: &[Failure] = &[("body_too_large", "The body is larger than this endpoint accepts.")];
const NOT_JSON: &[Failure] = &[("unsupported_media_type", "The body must be sent as application/json.")];
const NOT_MULTIPART: &[Failure] =
    &[("unsupported_media_type", "The body must be sent as multipart/form-data.")];
const UPLOAD_FAILED: &[Failure] = &[
    ("avatar_upload_failed", "Failed to upload avatar. Please try again later."),
    ("too_many_pictures", "Too many pictures are being processed. Please try again."),
    ("store_unavailable", "The service is busy or its database is away. Please try again."),
];
const NOT_FORM: &[Failure] =
    &[("unsupported_media_type", "The body must be sent as application/x-www-form-urlencoded.")];

fn response(status: u16, failures: &[Failure], error: FieldFailure) -> RefOr<Response> {
    let title =
        StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
    let description = failures.iter().map(|(_, detail)| *detail).collect::<Vec<_>>().join(" · ");
    let examples = failures.iter().map(|(code, detail)| {
        (
            *code,
            ExampleBuilder::new()
                .summary(*detail)
                .value(Some(example(status, title, code, detail, error)))
                .build(),
        )
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    let mut response = ResponseBuilder::new().description(description).content(PROBLEM_JSON, content);
    if status == 401 {
        response = response.header("WWW-Authenticate", header("What is asked for (RFC 6750)."));
    }
    if matches!(status, 429 | 503) {
        response = response.header("Retry-After", header("When to try again, in seconds."));
    }
    response.build().into()
}

fn header(description: &str) -> utoipa::openapi::Header {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(text)).description(Some(description)).build()
}

fn example(status: u16, title: &str, code: &str, detail: &str, error: FieldFailure) -> serde_json::Value {
    let mut problem = json!({
        "type": "about:blank", "title": title, "status": status, "detail": detail,
        "instance": "/api/v1/…", "code": code, "request_id": "5f0c6f5e0d4b4c0f9f5a3b1e8c7d6a21",
    });
    if status == 422 {
        problem["errors"] = json!([error.shown()]);
    }
    problem
}
