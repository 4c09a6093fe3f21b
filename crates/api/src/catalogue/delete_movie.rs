use actix_web::{HttpResponse, delete, web::Data};
use application::catalogue::delete_movie as remove;
use domain::catalogue::MovieId;

use super::{movie::MovieBody, problems};
use crate::{
    http::{
        auth::{Auth, Moderator},
        conditional::{IfMatch, IfMatchHeader},
        parameters::PathId,
        problem::Problem,
    },
    services::Services,
};

/// Remove a movie
///
/// For moderators. With `If-Match`, only if the movie is still what that `ETag` stood for.
#[utoipa::path(
    operation_id = "delete_movie",
    tag = "Catalogue",
    params(
        ("movie_id" = i64, Path, minimum = 1, description = "The identifier of the movie.", example = 42),
        IfMatchHeader,
    ),
    responses(
        (status = 204, description = "The movie is gone."),
        problems::ModeratorsOnly, problems::MovieNotFound, problems::ResourceChanged, problems::InvalidPath,
        problems::Always,
    ),
    security(("log_in" = [])),
)]
#[delete("/movies/{movie_id}")]
pub(crate) async fn delete_movie(
    _: Auth<Moderator>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
) -> Result<HttpResponse, Problem> {
    let unchanged = if_match.requires(|movie| MovieBody::from(movie));
    remove(&services.catalogue, MovieId(id.0), unchanged.as_ref().map(|holds| holds as _)).await?;
    Ok(HttpResponse::NoContent().finish())
}
