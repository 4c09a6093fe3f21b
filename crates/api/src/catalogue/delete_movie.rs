use actix_web::{HttpResponse, delete, web::Data};
use application::catalogue::delete_movie as delete_from_catalogue;
use domain::catalogue::MovieId;

use super::{movie::MovieBody, problems};
use crate::{
    http::{Auth, HandlerResult, IfMatch, IfMatchHeader, Moderator, PathId},
    services::Services,
};

/// Delete a movie
///
/// Requires the group `moderator` or `admin`.
#[utoipa::path(
    params(
        ("movie_id" = i64, Path, minimum = 1, description = "Identifier of the movie.", example = 42),
        IfMatchHeader,
    ),
    responses(
        (status = 204, description = "The movie is deleted."),
        problems::ModeratorsOnly, problems::MovieNotFound, problems::ResourceChanged, problems::InvalidPath,
        problems::Always,
    ),
)]
#[delete("/movies/{movie_id}")]
pub(crate) async fn delete_movie(
    _: Auth<Moderator>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
) -> HandlerResult {
    let unchanged = if_match.requires(|movie| MovieBody::from(movie));
    delete_from_catalogue(&services.catalogue, MovieId(id.0), unchanged.as_deref()).await?;
    Ok(HttpResponse::NoContent().finish())
}
