use actix_web::{HttpResponse, get, http::header, web::Data};
use application::catalogue::list_movies as list;
use domain::catalogue::MovieId;
use serde::Serialize;
use utoipa::ToSchema;

use super::movie::Summary;
use crate::{
    documentation::problems,
    http::{
        paging::{Links, Paging, Parameters},
        parameters::Query,
        problem::Problem,
    },
    services::Services,
};

const PATH: &str = "/api/v1/theater/movies";

/// A part of the list of films.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovieList)]
pub(crate) struct Reply {
    /// The films, the newest id first.
    movies: Vec<Summary>,
    #[serde(flatten)]
    links: Links,
}

/// List films
///
/// The films of the catalogue, the newest id first, by page or by cursor.
#[utoipa::path(
    operation_id = "list_movies",
    tag = "Catalogue",
    params(Parameters),
    responses(
        (status = 200, description = "A part of the list.", body = Reply, example = json!({
            "movies": [{"id": 42, "name": "Amélie", "date": "2001-04-25", "score": 79.0,
                "overview": "A shy waitress in Montmartre sets out to repair the lives of those around her."}],
            "prev_page": null, "next_page": "/api/v1/theater/movies?page=2&per_page=1",
            "total_pages": 290, "total_items": 290, "next_cursor": "aWQ6NDI"})),
        problems::NotModified,
        problems::PastTheEnd, problems::ListQuery, problems::Always,
    ),
    security(()),
)]
#[get("/movies")]
pub(crate) async fn list_movies(
    services: Data<Services>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, Problem> {
    let paging = Paging::try_from(parameters.0)?;
    let page = list(&services.catalogue, paging.position(MovieId), paging.size).await?;
    let links = paging.links(PATH, &[], &page, |movie| movie.id.0);
    let body = Reply { movies: page.items.into_iter().map(Summary::from).collect(), links };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, no-cache")).json(body))
}
