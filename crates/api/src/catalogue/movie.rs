use chrono::NaiveDate;
use domain::{
    catalogue::{Movie, MovieSummary, Named},
    money::Money,
};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::documentation::values;

/// A movie in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovieSummary)]
pub(crate) struct SummaryBody {
    /// Identifier of the movie.
    id: i64,
    /// Title, unique together with the release date.
    name: String,
    /// Release date.
    date: NaiveDate,
    /// Score from 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    score: f64,
    /// Summary of the plot.
    overview: String,
}

/// A movie with all its data.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Movie)]
pub(crate) struct MovieBody {
    /// Identifier of the movie.
    id: i64,
    /// Title, unique together with the release date.
    name: String,
    /// Release date.
    date: NaiveDate,
    /// Score from 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    score: f64,
    /// Summary of the plot.
    overview: String,
    /// `Released`, `Post Production` or `In Production`.
    #[schema(value_type = values::MovieStatus)]
    status: &'static str,
    /// Budget in US dollars.
    #[schema(value_type = f64, minimum = 0)]
    budget: Amount,
    /// Revenue in US dollars.
    #[schema(value_type = f64, minimum = 0)]
    revenue: Amount,
    /// Country of production.
    country: Country,
    /// Genres.
    genres: Vec<MovieTaxonomy>,
    /// Actors.
    actors: Vec<MovieTaxonomy>,
    /// Languages that are spoken.
    languages: Vec<MovieTaxonomy>,
}

/// A country.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Country {
    /// Identifier of the country.
    id: i64,
    /// ISO 3166-1 alpha-2 code.
    #[schema(min_length = 2, max_length = 2)]
    code: String,
    /// Name of the country.
    name: String,
}

/// A genre, an actor or a language.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovieTaxonomy {
    /// Identifier of the entry.
    id: i64,
    /// Name of the entry.
    name: String,
}

/// An amount of US dollars as a JSON number.
#[derive(Clone, Copy, Debug)]
struct Amount(Money);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cents = self.0.minor_units();
        if cents % 100 == 0 {
            return serializer.serialize_i64(cents / 100);
        }
        // An amount has at most 15 digits, so the nearest double is written with the same digits.
        #[expect(
            clippy::cast_precision_loss,
            reason = "the largest amount has 15 digits, which f64 holds exactly"
        )]
        serializer.serialize_f64(cents as f64 / 100.0)
    }
}

impl From<MovieSummary> for SummaryBody {
    fn from(movie: MovieSummary) -> Self {
        Self {
            id: movie.id.0,
            name: movie.name.to_string(),
            date: movie.date.day(),
            score: movie.score.value(),
            overview: movie.overview.as_str().to_owned(),
        }
    }
}

impl From<&Movie> for MovieBody {
    fn from(movie: &Movie) -> Self {
        let named = |all: &[Named]| {
            all.iter().map(|one| MovieTaxonomy { id: one.id, name: one.name.clone() }).collect()
        };
        Self {
            id: movie.id.0,
            name: movie.name.to_string(),
            date: movie.date.day(),
            score: movie.score.value(),
            overview: movie.overview.as_str().to_owned(),
            status: movie.status.as_str(),
            budget: Amount(movie.budget),
            revenue: Amount(movie.revenue),
            country: Country {
                id: movie.country.id,
                code: movie.country.code.to_string(),
                name: movie.country.name.clone(),
            },
            genres: named(&movie.genres),
            actors: named(&movie.actors),
            languages: named(&movie.languages),
        }
    }
}

/// Example of a movie.
pub(crate) fn example() -> serde_json::Value {
    serde_json::json!({
        "id": 42, "name": "Amélie", "date": "2001-04-25", "score": 79.0,
        "overview": "A shy waitress in Montmartre sets out to repair the lives of those around her.",
        "status": "Released", "budget": 10_000_000, "revenue": 174_200_000,
        "country": {"id": 3, "code": "FR", "name": "France"},
        "genres": [{"id": 4, "name": "Comedy"}, {"id": 9, "name": "Romance"}],
        "actors": [{"id": 77, "name": "Audrey Tautou"}], "languages": [{"id": 2, "name": "French"}],
    })
}

#[cfg(test)]
mod tests {
    use domain::money::Currency;

    use super::*;

    fn shown(cents: i64) -> String {
        serde_json::to_string(&Amount(Money::new(cents, Currency::Usd).unwrap())).unwrap()
    }

    #[test]
    fn amounts_are_shown_exactly() {
        let table =
            [(0, "0"), (100, "1"), (150, "1.5"), (1, "0.01"), (999_999_999_999_999, "9999999999999.99")];
        for (cents, text) in table {
            assert_eq!(shown(cents), text);
        }
    }
}
