use actix_web::{post, web::Data};
use application::administration;
use deserr::Deserr;
use domain::accounts::{Group, UserId};
use utoipa::ToSchema;

use super::problems;
use crate::{
    documentation::values::UserGroup,
    http::{Admin, Auth, Field, HandlerResult, Invalid, Json, Message, PathId},
    services::Services,
};

/// New group of an account.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupChange {
    /// `user`, `moderator` or `admin`.
    #[schema(value_type = UserGroup)]
    group: Field<Group>,
}

/// Change the group of an account
///
/// Requires the group `admin`. A different group takes effect immediately and ends every session of the account, so its
/// owner has to log in again. The last active administrator cannot be demoted (409).
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1)),
    request_body(content = GroupChange, example = json!({"group": "moderator"})),
    responses(
        (status = 200, description = "The account belongs to the group.", body = Message,
            example = json!({"message": "User group changed to moderator."})),
        problems::JsonBody, problems::AdminsOnly, problems::UserNotFound, problems::LastAdmin, problems::Always,
    ),
)]
#[post("/users/{user_id}/change-group")]
pub(crate) async fn change_group(
    _: Auth<Admin>,
    services: Data<Services>,
    id: PathId,
    body: Json<GroupChange>,
) -> HandlerResult {
    let group = body.0.group.0;
    administration::change_group(&services.accounts, UserId(id.0), group).await?;
    Ok(Message::ok(format!("User group changed to {group}.")))
}
