use actix_web::{HttpResponse, delete, web::Data};
use application::catalogue::{Precondition, delete_movie as remove};
use domain::catalogue::{Movie, MovieId};

use super::movie::Full;
use crate::{
    documentation::problems,
    http::{
        auth::{Auth, Moderator},
        conditional::IfMatch,
        parameters::PathId,
        problem::Problem,
    },
    services::Services,
};

/// Remove a film
///
/// For moderators. With `If-Match`, only if the film is still what that `ETag` stood for.
#[utoipa::path(
    operation_id = "delete_movie",
    tag = "Catalogue",
    params(
        ("movie_id" = i64, Path, minimum = 1, description = "Names the film.", example = 42),
        ("If-Match" = Option<String>, Header, description = "The `ETag` under which the film was read."),
    ),
    responses(
        (status = 204, description = "The film is gone."),
        problems::ModeratorsOnly, problems::NoSuchMovie, problems::MovieChanged, problems::Parameters,
        problems::Always,
    ),
    security(("sign_in" = [])),
)]
#[delete("/movies/{movie_id}")]
pub(crate) async fn delete_movie(
    _: Auth<Moderator>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
) -> Result<HttpResponse, Problem> {
    let unchanged = |movie: &Movie| if_match.holds_for(&Full::from(movie));
    let precondition: Option<Precondition> = if_match.is_given().then_some(&unchanged);
    remove(&services.catalogue, MovieId(id.0), precondition).await?;
    Ok(HttpResponse::NoContent().finish())
}
