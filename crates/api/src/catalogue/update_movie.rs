use actix_web::{HttpResponse, patch, web::Data};
use application::catalogue::update_movie as update;
use deserr::Deserr;
use domain::{
    catalogue::{CountryCode, MovieId, MoviePatch, MovieStatus, Name, Overview, ReleaseDate, Score},
    money::Money,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{movie::MovieBody, problems};
use crate::{
    documentation::values,
    http::{
        Auth, Change, Field, HandlerResult, IfMatch, IfMatchHeader, Invalid, Json, Moderator, Names, Number,
        PathId,
    },
    services::Services,
};

/// Changes of a movie. Absent fields stay unchanged.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct MovieChange {
    /// Title, unique together with the release date.
    #[deserr(default)]
    #[schema(value_type = values::Name, required = false)]
    name: Change<Field<Name>>,
    /// Release date.
    #[deserr(default)]
    #[schema(value_type = String, required = false, format = Date)]
    date: Change<Field<ReleaseDate>>,
    /// Score from 0 to 100.
    #[deserr(default)]
    #[schema(value_type = f64, required = false, minimum = 0, maximum = 100)]
    score: Change<Number<Score>>,
    /// Summary of the plot.
    #[deserr(default)]
    #[schema(value_type = values::Overview, required = false)]
    overview: Change<Field<Overview>>,
    /// `Released`, `Post Production` or `In Production`.
    #[deserr(default)]
    #[schema(value_type = values::MovieStatus, required = false)]
    status: Change<Field<MovieStatus>>,
    /// Budget in US dollars, with at most two decimals.
    #[deserr(default)]
    #[schema(value_type = f64, required = false, minimum = 0, maximum = 9_999_999_999_999.99, multiple_of = 0.01)]
    budget: Change<Number<Money>>,
    /// Revenue in US dollars, with at most two decimals.
    #[deserr(default)]
    #[schema(value_type = f64, required = false, minimum = 0, maximum = 9_999_999_999_999.99, multiple_of = 0.01)]
    revenue: Change<Number<Money>>,
    /// Country of production: ISO 3166-1 alpha-2 or alpha-3 code.
    #[deserr(default)]
    #[schema(value_type = values::CountryCode, required = false)]
    country: Change<Field<CountryCode>>,
    /// All genres of the movie by name; unknown names are created.
    #[deserr(default)]
    #[schema(value_type = Vec<values::Name>, required = false, max_items = 500)]
    genres: Change<Names>,
    /// All actors of the movie by name; unknown names are created.
    #[deserr(default)]
    #[schema(value_type = Vec<values::Name>, required = false, max_items = 500)]
    actors: Change<Names>,
    /// All languages of the movie by name; unknown names are created.
    #[deserr(default)]
    #[schema(value_type = Vec<values::Name>, required = false, max_items = 500)]
    languages: Change<Names>,
}

impl From<MovieChange> for MoviePatch {
    fn from(body: MovieChange) -> Self {
        Self {
            name: body.name.0.map(|field| field.0),
            date: body.date.0.map(|field| field.0),
            score: body.score.0.map(|field| field.0),
            overview: body.overview.0.map(|field| field.0),
            status: body.status.0.map(|field| field.0),
            budget: body.budget.0.map(|field| field.0),
            revenue: body.revenue.0.map(|field| field.0),
            country: body.country.0.map(|field| field.0),
            genres: body.genres.0.map(|names| names.0),
            actors: body.actors.0.map(|names| names.0),
            languages: body.languages.0.map(|names| names.0),
        }
    }
}

/// Confirmation of an update, and the updated movie.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovieChanged {
    /// Confirmation, in a sentence for people.
    detail: &'static str,
    /// The updated movie.
    movie: MovieBody,
}

/// Update a movie
///
/// Requires the group `moderator` or `admin`. Absent fields stay unchanged.
#[utoipa::path(
    params(
        ("movie_id" = i64, Path, minimum = 1, description = "Identifier of the movie.", example = 42),
        IfMatchHeader,
    ),
    request_body(content = MovieChange, example = json!({"score": 81.5, "genres": ["Comedy", "Romance", "Fantasy"]})),
    responses(
        (status = 200, description = "The updated movie.", body = MovieChanged, example = example),
        problems::JsonBody, problems::ModeratorsOnly, problems::MovieNotFound, problems::MovieExists,
        problems::ResourceChanged, problems::Always,
    ),
)]
#[patch("/movies/{movie_id}")]
pub(crate) async fn update_movie(
    _: Auth<Moderator>,
    services: Data<Services>,
    id: PathId,
    if_match: IfMatch,
    body: Json<MovieChange>,
) -> HandlerResult {
    let unchanged = if_match.requires(|movie| MovieBody::from(movie));
    let movie = update(&services.catalogue, MovieId(id.0), body.0.into(), unchanged.as_deref()).await?;
    Ok(HttpResponse::Ok()
        .json(MovieChanged { detail: "Movie updated successfully.", movie: MovieBody::from(&movie) }))
}

fn example() -> serde_json::Value {
    serde_json::json!({"detail": "Movie updated successfully.", "movie": super::movie::example()})
}
