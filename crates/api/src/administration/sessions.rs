use actix_web::{HttpResponse, delete, web::Data};
use application::administration;
use domain::accounts::UserId;

use super::problems;
use crate::{
    accounts::me::Account,
    http::{Admin, Auth, HandlerResult, IfMatch, IfMatchHeader, PathId},
    services::Services,
};

/// End the sessions of an account
///
/// Requires the group `admin`. Ends every session of the account, so its owner has to log in again.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1), IfMatchHeader),
    responses(
        (status = 204, description = "The sessions have ended."),
        problems::AdminsOnly, problems::UserNotFound, problems::ResourceChanged, problems::InvalidPath,
        problems::Always,
    ),
)]
#[delete("/users/{user_id}/sessions")]
pub(crate) async fn end_user_sessions(
    _: Auth<Admin>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
) -> HandlerResult {
    let unchanged = if_match.requires(|user| Account::from(user));
    let unchanged = unchanged.as_deref();
    administration::end_sessions(&services.accounts, UserId(id.0), unchanged).await?;
    Ok(HttpResponse::NoContent().finish())
}
