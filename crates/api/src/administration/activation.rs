use actix_web::{post, web::Data};
use application::administration::{self, Activation};
use domain::accounts::UserId;

use super::problems;
use crate::{
    http::{Admin, Auth, HandlerResult, Message, PathId},
    services::Services,
};

/// Activate an account
///
/// Requires the group `admin`. Activates a pending or deactivated account and notifies its owner by email. An account that
/// is already active stays unchanged.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1)),
    responses(
        (status = 200, description = "The account is active.", body = Message,
            example = json!({"message": "User activated successfully."})),
        problems::AdminsOnly, problems::UserNotFound, problems::InvalidPath, problems::Always,
    ),
)]
#[post("/users/{user_id}/activate")]
pub(crate) async fn activate_user(_: Auth<Admin>, services: Data<Services>, id: PathId) -> HandlerResult {
    Ok(Message::ok(match administration::activate_user(&services.accounts, UserId(id.0)).await? {
        Activation::Activated => "User activated successfully.",
        Activation::AlreadyActive => "User is already active.",
    }))
}

/// Deactivate an account
///
/// Requires the group `admin`. Its sessions end immediately, and its activation and password reset links become invalid. The
/// last active administrator cannot be deactivated (409).
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1)),
    responses(
        (status = 200, description = "The account is deactivated.", body = Message,
            example = json!({"message": "User deactivated successfully."})),
        problems::AdminsOnly, problems::UserNotFound, problems::LastAdmin, problems::InvalidPath,
        problems::Always,
    ),
)]
#[post("/users/{user_id}/deactivate")]
pub(crate) async fn deactivate_user(_: Auth<Admin>, services: Data<Services>, id: PathId) -> HandlerResult {
    administration::deactivate_user(&services.accounts, UserId(id.0)).await?;
    Ok(Message::ok("User deactivated successfully."))
}
