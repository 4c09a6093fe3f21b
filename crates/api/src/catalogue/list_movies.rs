use actix_web::{HttpResponse, get, web::Data};

use super::{
    movie_list::{self, MovieListBody, MovieParameters, example},
    problems,
};
use crate::{
    http::{parameters::Query, problem::Problem},
    services::Services,
};

const PATH: &str = "/api/v1/theater/movies";

/// List movies
///
/// The movies that satisfy every filter, by page or by cursor, the newest id first by default. With `q` a list has at most the
/// 1,000 best matches: filters apply before that cut, `sort_by` orders within it, and the totals count it.
#[utoipa::path(
    operation_id = "list_movies",
    tag = "Catalogue",
    params(MovieParameters),
    responses(
        (status = 200, description = "A part of the list.", body = MovieListBody, example = example),
        problems::NotModified,
        problems::NoMovies, problems::InvalidQuery, problems::Always,
    ),
    security(()),
)]
#[get("/movies")]
pub(crate) async fn list_movies(
    services: Data<Services>,
    parameters: Query<MovieParameters>,
) -> Result<HttpResponse, Problem> {
    movie_list::reply(&services, PATH, None, parameters.0).await
}
