use actix_web::{HttpResponse, get, http::header, web::Data};
use application::catalogue::list_movies as list;
use deserr::Deserr;
use domain::{
    catalogue::{MovieId, MovieSummary},
    page::{Page, PageNumber, PageSize, Position},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{cursor::Cursor, movie::Summary};
use crate::{
    documentation::problems,
    http::{
        field::Field,
        invalid::{Invalid, Issue, Place},
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
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// A part of the list of films.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovieList)]
pub(crate) struct Reply {
    /// The films, the newest id first.
    movies: Vec<Summary>,
    /// The page before; null on the first page and in parts read by cursor.
    #[schema(required)]
    prev_page: Option<String>,
    /// The next part; null on the last page.
    #[schema(required)]
    next_page: Option<String>,
    /// How many pages there are; null in parts read by cursor.
    #[schema(required)]
    total_pages: Option<i64>,
    /// How many films there are; null in parts read by cursor.
    #[schema(required)]
    total_items: Option<i64>,
    /// Where to go on by cursor; null on the last page.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl Parameters {
    fn size(&self) -> PageSize {
        self.per_page.as_ref().map_or(PageSize::DEFAULT, |size| size.0)
    }

    fn position(&self) -> Result<Position<MovieId>, Problem> {
        match (&self.page, self.cursor) {
            (Some(_), Some(_)) => {
                let issue = Issue::new("page_and_cursor", "A page and a cursor cannot stand together.");
                Err(Problem::invalid(Invalid::at("/cursor", issue), Place::Query))
            }
            (None, Some(cursor)) => Ok(Position::After(cursor.0)),
            (page, None) => Ok(Position::Page(page.as_ref().map_or(PageNumber::FIRST, |page| page.0))),
        }
    }
}

impl Reply {
    fn new(page: Page<MovieSummary>, position: Position<MovieId>, size: PageSize) -> Self {
        let per_page = size.get();
        let numbered = |number: i64| format!("{PATH}?page={number}&per_page={per_page}");
        let next_cursor = page.items.last().filter(|_| page.has_more).map(|movie| Cursor(movie.id).encode());
        let (prev_page, next_page) = match position {
            Position::Page(number) => {
                let number = number.get();
                ((number > 1).then(|| numbered(number - 1)), page.has_more.then(|| numbered(number + 1)))
            }
            Position::After(_) => {
                let next = next_cursor.as_ref();
                (None, next.map(|cursor| format!("{PATH}?cursor={cursor}&per_page={per_page}")))
            }
        };
        Self {
            movies: page.items.into_iter().map(Summary::from).collect(),
            prev_page,
            next_page,
            total_pages: page.total.map(|total| size.pages(total)),
            total_items: page.total,
            next_cursor,
        }
    }
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
        problems::PastTheEnd, problems::Parameters, problems::Always,
    ),
    security(()),
)]
#[get("/movies")]
pub(crate) async fn list_movies(
    services: Data<Services>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, Problem> {
    let (position, size) = (parameters.0.position()?, parameters.0.size());
    let page = list(&services.catalogue, position, size).await?;
    let body = Reply::new(page, position, size);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, no-cache")).json(body))
}
