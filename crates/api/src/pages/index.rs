use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::problems;

/// Name and version of the service, and the paths of its documentation and its public lists.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiIndex {
    /// Name of the service.
    name: &'static str,
    /// Version of the service (Semantic Versioning 2.0.0).
    version: &'static str,
    /// Path of the interactive documentation.
    docs: &'static str,
    /// Path of the OpenAPI document.
    openapi: &'static str,
    /// Paths of the lists that need no access token.
    resources: ApiResources,
}

/// Paths of the lists that need no access token.
#[derive(Debug, Serialize, ToSchema)]
struct ApiResources {
    /// Path of the list of movies.
    movies: &'static str,
    /// Path of the list of genres.
    genres: &'static str,
    /// Path of the list of actors.
    actors: &'static str,
    /// Path of the list of countries.
    countries: &'static str,
    /// Path of the list of languages.
    languages: &'static str,
}

const INDEX: ApiIndex = ApiIndex {
    name: "Movie Theater API",
    version: env!("CARGO_PKG_VERSION"),
    docs: "/docs",
    openapi: "/openapi.json",
    resources: ApiResources {
        movies: "/api/v1/theater/movies",
        genres: "/api/v1/theater/genres",
        actors: "/api/v1/theater/actors",
        countries: "/api/v1/theater/countries",
        languages: "/api/v1/theater/languages",
    },
};

/// Get the index of the API
///
/// Returns the version of the service, and the paths of its documentation and of the lists that need no access token.
#[utoipa::path(
    operation_id = "get_index",
    responses(
        (status = 200, description = "The index.", body = ApiIndex, example = example),
        problems::NotModified, problems::UnexpectedQuery, problems::Always,
    ),
    security(()),
)]
#[get("")]
pub(crate) async fn index() -> HttpResponse {
    HttpResponse::Ok().json(&INDEX)
}

fn example() -> serde_json::Value {
    serde_json::to_value(&INDEX).unwrap_or_default()
}
