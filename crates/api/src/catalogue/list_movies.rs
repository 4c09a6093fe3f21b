use actix_web::{get, web::Data};

use super::{
    movie_list::{self, MovieList, MovieParameters, example},
    problems,
};
use crate::{
    http::{HandlerResult, Query},
    services::Services,
};

const PATH: &str = "/api/v1/theater/movies";

/// List movies
///
/// Returns the movies that match every filter, by page or by cursor; highest id first, or best match first with `q`. With
/// `q` the list has at most the 1,000 best matches: filters apply before that limit, `sort_by` and the totals after it.
#[utoipa::path(
    params(MovieParameters),
    responses(
        (status = 200, description = "A page of the list.", body = MovieList, example = example),
        problems::NotModified, problems::NoMovies, problems::InvalidQuery, problems::Always,
    ),
    security(()),
)]
#[get("/movies")]
pub(crate) async fn list_movies(
    services: Data<Services>,
    parameters: Query<MovieParameters>,
) -> HandlerResult {
    movie_list::reply(&services, PATH, None, parameters.0).await
}
