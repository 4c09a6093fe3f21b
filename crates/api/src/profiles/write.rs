use actix_web::{HttpResponse, delete, http::StatusCode, patch, post, web::Data};
use application::profiles;
use domain::accounts::UserId;

use super::{
    form::{ProfileForm, change},
    problems,
    profile::{ProfileBody, example_without_picture, stored_tag},
};
use crate::{
    http::{Auth, HandlerResult, IfMatch, IfMatchHeader, Parts, PathId, User},
    services::Services,
};

/// Create the profile of an account
///
/// Allowed for the owner of the account, moderators and administrators. The picture is rotated by its EXIF orientation,
/// cropped to a square and re-encoded; nothing else of the file is stored.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1)),
    request_body(content = ProfileForm, content_type = "multipart/form-data", example = json!({
        "first_name": "Ann", "last_name": "Lee", "gender": "woman", "date_of_birth": "1990-04-25",
        "info": "I like movies."})),
    responses(
        (status = 201, description = "The profile.", body = ProfileBody, example = example_without_picture),
        problems::MultipartBody, problems::ProfileExists, problems::Bearer, problems::NotYourProfile,
        problems::Upload,
    ),
)]
#[post("/users/{user_id}/profile")]
pub(crate) async fn create_profile(
    auth: Auth<User>,
    services: Data<Services>,
    id: PathId,
    parts: Parts,
) -> HandlerResult {
    let (caller, user) = (&auth.caller.user, UserId(id.0));
    profiles::may_create(&services.profiles, caller, user).await?;
    let (change, avatar) = change(&services, caller.id, parts).await?;
    let profile = profiles::create_profile(&services.profiles, caller, user, change, avatar).await?;
    ProfileBody::reply(StatusCode::CREATED, &services, profile).await
}

/// Update the profile of an account
///
/// Allowed for the owner of the account, moderators and administrators. Fields that are absent or empty stay unchanged.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1), IfMatchHeader),
    request_body(content = ProfileForm, content_type = "multipart/form-data", example = json!({"info": "I like movies."})),
    responses(
        (status = 200, description = "The profile.", body = ProfileBody, example = example_without_picture),
        problems::MultipartBody, problems::NotYourProfile, problems::ProfileNotFound, problems::ResourceChanged,
        problems::Upload, problems::Bearer,
    ),
)]
#[patch("/users/{user_id}/profile")]
pub(crate) async fn update_profile(
    auth: Auth<User>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
    parts: Parts,
) -> HandlerResult {
    let (caller, user) = (&auth.caller.user, UserId(id.0));
    profiles::may_change(caller, user)?;
    let (change, avatar) = change(&services, caller.id, parts).await?;
    let unchanged = if_match.requires_tag(stored_tag);
    let profile =
        profiles::update_profile(&services.profiles, caller, user, change, avatar, unchanged.as_deref())
            .await?;
    ProfileBody::reply(StatusCode::OK, &services, profile).await
}

/// Delete the profile of an account
///
/// Allowed for the owner of the account, moderators and administrators. The picture of the profile is deleted, too.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1), IfMatchHeader),
    responses(
        (status = 204, description = "The profile is deleted."),
        problems::NotYourProfile, problems::ProfileNotFound, problems::ResourceChanged, problems::InvalidPath,
        problems::Bearer, problems::Always,
    ),
)]
#[delete("/users/{user_id}/profile")]
pub(crate) async fn delete_profile(
    auth: Auth<User>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
) -> HandlerResult {
    let unchanged = if_match.requires_tag(stored_tag);
    profiles::delete_profile(&services.profiles, &auth.caller.user, UserId(id.0), unchanged.as_deref())
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
