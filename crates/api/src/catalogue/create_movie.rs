use actix_web::{HttpResponse, http::header, post, web::Data};
use application::catalogue::create_movie as create;
use deserr::Deserr;
use domain::{
    catalogue::{CountryCode, MovieDraft, MovieStatus, Name, Overview, ReleaseDate, Score},
    money::Money,
};
use utoipa::ToSchema;

use super::{
    movie::{MovieBody, example},
    problems,
};
use crate::{
    documentation::values,
    http::{Auth, Field, HandlerResult, Invalid, Json, Moderator, Names, Number},
    services::Services,
};

/// A new movie.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMovie {
    /// Title, unique together with the release date.
    #[schema(value_type = values::Name)]
    name: Field<Name>,
    /// Release date.
    #[schema(value_type = String, format = Date)]
    date: Field<ReleaseDate>,
    /// Score from 0 to 100.
    #[schema(value_type = f64, minimum = 0, maximum = 100)]
    score: Number<Score>,
    /// Summary of the plot.
    #[schema(value_type = values::Overview)]
    overview: Field<Overview>,
    /// `Released`, `Post Production` or `In Production`.
    #[schema(value_type = values::MovieStatus)]
    status: Field<MovieStatus>,
    /// Budget in US dollars, with at most two decimals.
    #[schema(value_type = f64, minimum = 0, maximum = 9_999_999_999_999.99, multiple_of = 0.01)]
    budget: Number<Money>,
    /// Revenue in US dollars, with at most two decimals.
    #[schema(value_type = f64, minimum = 0, maximum = 9_999_999_999_999.99, multiple_of = 0.01)]
    revenue: Number<Money>,
    /// Country of production: ISO 3166-1 alpha-2 or alpha-3 code.
    #[schema(value_type = values::CountryCode)]
    country: Field<CountryCode>,
    /// Genres by name; unknown names are created.
    #[schema(value_type = Vec<values::Name>, max_items = 500)]
    genres: Names,
    /// Actors by name; unknown names are created.
    #[schema(value_type = Vec<values::Name>, max_items = 500)]
    actors: Names,
    /// Languages by name; unknown names are created.
    #[schema(value_type = Vec<values::Name>, max_items = 500)]
    languages: Names,
}

impl From<NewMovie> for MovieDraft {
    fn from(body: NewMovie) -> Self {
        Self {
            name: body.name.0,
            date: body.date.0,
            score: body.score.0,
            overview: body.overview.0,
            status: body.status.0,
            budget: body.budget.0,
            revenue: body.revenue.0,
            country: body.country.0,
            genres: body.genres.0,
            actors: body.actors.0,
            languages: body.languages.0,
        }
    }
}

/// Create a movie
///
/// Requires the group `moderator` or `admin`. Genres, actors, languages and a country that the catalogue does not have yet
/// are created, too.
#[utoipa::path(
    request_body(content = NewMovie, example = json!({
        "name": "An Example of a Movie", "date": "2025-04-25", "score": 79.0,
        "overview": "A programmer presses Execute and sees what happens.",
        "status": "Released", "budget": 10_000_000, "revenue": 174_200_000, "country": "FR",
        "genres": ["Comedy", "Romance"], "actors": ["Jo Example"], "languages": ["French"]})),
    responses(
        (status = 201, description = "The created movie.", body = MovieBody,
            headers(("Location" = String, description = "URL of the created movie.")), example = example),
        problems::JsonBody, problems::ModeratorsOnly, problems::MovieExists, problems::Always,
    ),
)]
#[post("/movies")]
pub(crate) async fn create_movie(
    _: Auth<Moderator>,
    services: Data<Services>,
    body: Json<NewMovie>,
) -> HandlerResult {
    let movie = create(&services.catalogue, body.0.into()).await?;
    let location = format!("/api/v1/theater/movies/{}", movie.id.0);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(MovieBody::from(&movie)))
}
