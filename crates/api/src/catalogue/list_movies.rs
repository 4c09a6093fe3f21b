use actix_web::{HttpResponse, get, http::header, web::Data};
use application::catalogue::list_movies as list;
use deserr::Deserr;
use domain::{
    catalogue::MovieId,
    page::{PageNumber, PageSize, Position},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::movie::Summary;
use crate::{
    documentation::problems,
    http::{
        cursor::Cursor,
        field::Field,
        invalid::Invalid,
        paging::{Links, Paging},
        parameters::Query,
        problem::Problem,
    },
    services::Services,
};

const PATH: &str = "/api/v1/theater/movies";

/// Which part of the list.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// The number of the page, from 1 on.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, example = 1)]
    page: Option<Field<PageNumber>>,
    /// How many films a page holds.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, example = 10)]
    per_page: Option<Field<PageSize>>,
    /// The `next_cursor` of the part before. Costs the same at any depth, and cannot stand beside `page`.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{4,}$")]
    cursor: Option<Cursor>,
}

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
    let Query(Parameters { page, per_page, cursor }) = parameters;
    let paging = Paging::new(page.as_ref(), per_page.as_ref(), cursor)?;
    let position = match paging.position {
        Position::Page(number) => Position::Page(number),
        Position::After(id) => Position::After(MovieId(id)),
    };
    let page = list(&services.catalogue, position, paging.size).await?;
    let links = paging.links(PATH, &[], &page, |movie| movie.id.0);
    let body = Reply { movies: page.items.into_iter().map(Summary::from).collect(), links };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, no-cache")).json(body))
}
