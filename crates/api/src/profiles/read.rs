use actix_web::{get, http::StatusCode, web::Data};
use application::profiles;
use domain::accounts::UserId;

use super::{
    problems,
    profile::{ProfileBody, example},
};
use crate::{
    http::{Auth, HandlerResult, PathId, User},
    services::Services,
};

/// Get my profile
///
/// Returns the profile of the account that the access token belongs to.
#[utoipa::path(
    responses(
        (status = 200, description = "The profile.", body = ProfileBody, example = example),
        problems::NotModified, problems::Bearer, problems::ProfileNotFound, problems::UnexpectedQuery,
        problems::Always,
    ),
)]
#[get("/me")]
pub(crate) async fn get_my_profile(auth: Auth<User>, services: Data<Services>) -> HandlerResult {
    let caller = &auth.caller.user;
    let profile = profiles::get_profile(&services.profiles, caller, caller.id).await?;
    ProfileBody::reply(StatusCode::OK, &services, profile).await
}

/// Get the profile of an account
///
/// The owner of the account, moderators and administrators see all fields; other users see `first_name`, `info` and the
/// picture.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1)),
    responses(
        (status = 200, description = "The profile.", body = ProfileBody, example = json!({
            "id": 3, "user_id": 7, "first_name": "Ann", "last_name": null, "gender": null,
            "date_of_birth": null, "info": "I like movies.", "avatar": null, "avatar_small": null})),
        problems::NotModified, problems::Bearer, problems::ProfileNotFound, problems::InvalidPath,
        problems::Always,
    ),
)]
#[get("/users/{user_id}/profile")]
pub(crate) async fn get_profile(auth: Auth<User>, services: Data<Services>, id: PathId) -> HandlerResult {
    let profile = profiles::get_profile(&services.profiles, &auth.caller.user, UserId(id.0)).await?;
    ProfileBody::reply(StatusCode::OK, &services, profile).await
}
