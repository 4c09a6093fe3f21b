use actix_web::{HttpResponse, get, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{documentation::problems, http::reply};

/// The service, and where its parts are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiIndex)]
pub(crate) struct Index {
    /// The name of the service.
    name: &'static str,
    /// The version of the service (Semantic Versioning 2.0.0).
    version: &'static str,
    /// The interactive documentation, as a path.
    docs: &'static str,
    /// The OpenAPI document, as a path.
    openapi: &'static str,
    /// The lists that anyone can read, as paths.
    resources: Resources,
}

/// Lists that anyone can read, as paths.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiResources)]
struct Resources {
    /// Movies.
    movies: &'static str,
    /// Genres.
    genres: &'static str,
    /// Actors.
    actors: &'static str,
    /// Countries.
    countries: &'static str,
    /// Languages.
    languages: &'static str,
}

const INDEX: Index = Index {
    name: "Movie Theater API",
    version: env!("CARGO_PKG_VERSION"),
    docs: "/docs",
    openapi: "/openapi.json",
    resources: Resources {
        movies: "/api/v1/theater/movies",
        genres: "/api/v1/theater/genres",
        actors: "/api/v1/theater/actors",
        countries: "/api/v1/theater/countries",
        languages: "/api/v1/theater/languages",
    },
};

/// Get the index of the API
///
/// The version of the service, and the paths of its documentation and of the lists that anyone can read.
#[utoipa::path(
    operation_id = "get_index",
    tag = "System",
    responses(
        (status = 200, description = "The index.", body = Index, example = example),
        problems::NotModified, problems::UnexpectedQuery, problems::Always,
    ),
    security(()),
)]
#[get("")]
pub(crate) async fn index() -> HttpResponse {
    reply::json(StatusCode::OK, &INDEX)
}

fn example() -> serde_json::Value {
    serde_json::to_value(&INDEX).unwrap_or_default()
}
