use actix_web::{HttpResponse, delete, http::StatusCode, put, web::Data};
use application::profiles;
use domain::{accounts::UserId, profiles::ProfileChange};

use super::{
    form::{AvatarForm, avatar},
    problems,
    profile::{ProfileBody, example, stored_tag},
};
use crate::{
    http::{Auth, HandlerResult, IfMatch, IfMatchHeader, Parts, PathId, User},
    services::Services,
};

/// Set the picture of a profile
///
/// Allowed for the owner of the account, moderators and administrators. The previous picture is deleted.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1), IfMatchHeader),
    request_body(content = AvatarForm, content_type = "multipart/form-data", example = json!({"avatar": "(a file)"})),
    responses(
        (status = 200, description = "The profile.", body = ProfileBody, example = example),
        problems::MultipartBody, problems::NotYourProfile, problems::ProfileNotFound, problems::ResourceChanged,
        problems::Upload, problems::Bearer,
    ),
)]
#[put("/users/{user_id}/profile/avatar")]
pub(crate) async fn set_avatar(
    auth: Auth<User>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
    parts: Parts,
) -> HandlerResult {
    let (caller, user) = (&auth.caller.user, UserId(id.0));
    profiles::may_change(caller, user)?;
    let avatar = avatar(&services, caller.id, parts).await?;
    let unchanged = if_match.requires_tag(stored_tag);
    let (change, avatar) = (ProfileChange::default(), Some(avatar));
    let profile =
        profiles::update_profile(&services.profiles, caller, user, change, avatar, unchanged.as_deref())
            .await?;
    ProfileBody::reply(StatusCode::OK, &services, profile).await
}

/// Delete the picture of a profile
///
/// Allowed for the owner of the account, moderators and administrators. Succeeds if the profile has no picture.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1), IfMatchHeader),
    responses(
        (status = 204, description = "The profile has no picture."),
        problems::NotYourProfile, problems::ProfileNotFound, problems::ResourceChanged, problems::InvalidPath,
        problems::Bearer, problems::Always,
    ),
)]
#[delete("/users/{user_id}/profile/avatar")]
pub(crate) async fn delete_avatar(
    auth: Auth<User>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
) -> HandlerResult {
    let unchanged = if_match.requires_tag(stored_tag);
    profiles::delete_avatar(&services.profiles, &auth.caller.user, UserId(id.0), unchanged.as_deref())
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
