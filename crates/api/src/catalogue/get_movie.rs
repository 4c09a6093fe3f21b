use actix_web::{get, web::Data};
use application::catalogue::get_movie as read_movie;
use domain::catalogue::MovieId;

use super::{
    movie::{MovieBody, example},
    problems,
};
use crate::{
    http::{HandlerResult, PathId, caching},
    services::Services,
};

/// Get a movie
///
/// Returns the movie with its country, genres, actors and languages.
#[utoipa::path(
    params(("movie_id" = i64, Path, minimum = 1, description = "Identifier of the movie.", example = 42)),
    responses(
        (status = 200, description = "The movie.", body = MovieBody, example = example),
        problems::NotModified, problems::MovieNotFound, problems::InvalidPath, problems::Always,
    ),
    security(()),
)]
#[get("/movies/{movie_id}")]
pub(crate) async fn get_movie(services: Data<Services>, id: PathId) -> HandlerResult {
    let movie = read_movie(&services.catalogue, MovieId(id.0)).await?;
    Ok(caching::shared(&MovieBody::from(&movie)))
}
