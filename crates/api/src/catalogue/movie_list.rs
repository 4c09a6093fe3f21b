//! Lists of movies: filters, order and paging.

use application::catalogue::list_movies;
use deserr::Deserr;
use domain::{
    catalogue::{
        CountryCode, Direction, MovieCursor, MovieFilter, MovieOrder, MovieSort, MovieStatus, Name, Score,
        SearchQuery, TaxonomyEntryId, Year,
    },
    page::{PageNumber, PageSize},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::movie::SummaryBody;
use crate::{
    documentation::values,
    http::{
        Cursor, Field, HandlerResult, Invalid, Issue, ListLinks, Many, Paging, Problem, RequestPart, caching,
        linked,
    },
    services::Services,
};

/// Paging, filters and order of a list of movies.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MovieParameters {
    /// Page number, from 1; 1 if neither `page` nor `cursor` is given.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<Field<PageNumber>>,
    /// Movies per page.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 10)]
    per_page: Option<Field<PageSize>>,
    /// `next_cursor` of the previous page. Costs the same at any depth, and cannot be combined with `page`.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{4,}$")]
    cursor: Option<Cursor<MovieCursor>>,
    /// Words in title, overview and actors; case and diacritics are ignored. A word also matches longer words that start
    /// with it, and a long word matches despite a typing error.
    #[deserr(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 200)]
    q: Option<Field<SearchQuery>>,
    /// Genre by name. If repeated, movies with all of them.
    #[deserr(default)]
    #[param(value_type = Option<Vec<values::Name>>, max_items = 20)]
    genre: Option<Many<Name>>,
    /// Actor by name. If repeated, movies with all of them.
    #[deserr(default)]
    #[param(value_type = Option<Vec<values::Name>>, max_items = 20)]
    actor: Option<Many<Name>>,
    /// Country by its ISO 3166-1 code. If repeated, movies from any of them.
    #[deserr(default)]
    #[param(value_type = Option<Vec<values::CountryCode>>, max_items = 20)]
    country: Option<Many<CountryCode>>,
    /// Language by name. If repeated, movies with all of them.
    #[deserr(default)]
    #[param(value_type = Option<Vec<values::Name>>, max_items = 20)]
    language: Option<Many<Name>>,
    /// `Released`, `Post Production` or `In Production`. If repeated, movies with any of them.
    #[deserr(default)]
    #[param(value_type = Option<Vec<values::MovieStatus>>, max_items = 20)]
    status: Option<Many<MovieStatus>>,
    /// First year of release, inclusive.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9999)]
    year_from: Option<Field<Year>>,
    /// Last year of release, inclusive.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9999)]
    year_to: Option<Field<Year>>,
    /// Lowest score, inclusive.
    #[deserr(default)]
    #[param(value_type = Option<f64>, minimum = 0, maximum = 100)]
    score_min: Option<Field<Score>>,
    /// Highest score, inclusive.
    #[deserr(default)]
    #[param(value_type = Option<f64>, minimum = 0, maximum = 100)]
    score_max: Option<Field<Score>>,
    /// Property that the list is sorted by; `id` by default. With `q`, and neither `sort_by` nor `sort_order`, the best
    /// match comes first.
    #[deserr(default)]
    #[param(value_type = Option<values::MovieSortBy>)]
    sort_by: Option<Field<MovieSort>>,
    /// Direction of the order; `desc` by default.
    #[deserr(default)]
    #[param(value_type = Option<values::SortOrder>)]
    sort_order: Option<Field<Direction>>,
}

/// A page of a list of movies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovieList {
    /// Movies in the requested order.
    movies: Vec<SummaryBody>,
    #[serde(flatten)]
    links: ListLinks,
}

/// Returns a page of the list at this path; only movies of `taxonomy_entry` if it is given.
pub(super) async fn reply(
    services: &Services,
    path: &str,
    taxonomy_entry: Option<TaxonomyEntryId>,
    parameters: MovieParameters,
) -> HandlerResult {
    let in_links = parameters.in_links();
    let order = parameters.order()?;
    let paging =
        Paging::new(parameters.page.as_ref(), parameters.per_page.as_ref(), parameters.cursor.clone())?;
    let filter = parameters.filter(taxonomy_entry);
    let position = paging.position(|key| key);
    let found = list_movies(&services.catalogue, &filter, order, position, paging.size).await?;
    let links = paging.links_to(path, &in_links, &found.page, found.next);
    let link = links.header();
    let body = MovieList { movies: found.page.items.into_iter().map(SummaryBody::from).collect(), links };
    Ok(linked(caching::shared(&body), link))
}

/// Names and values of query parameters.
type Pairs = Vec<(&'static str, String)>;

impl MovieParameters {
    /// Returns the requested order. A cursor belongs to one order; another one is refused.
    fn order(&self) -> Result<MovieOrder, Problem> {
        let is_given = self.sort_by.is_some() || self.sort_order.is_some();
        let given = MovieOrder::By(
            self.sort_by.as_ref().map_or_else(MovieSort::default, |field| field.0),
            self.sort_order.as_ref().map_or_else(Direction::default, |field| field.0),
        );
        let wanted = if !is_given && self.q.is_some() { MovieOrder::Relevance } else { given };
        match &self.cursor {
            Some(Cursor(key)) if is_given && key.order != wanted => Err(other_order()),
            Some(Cursor(key)) if key.order == MovieOrder::Relevance && self.q.is_none() => Err(other_order()),
            Some(Cursor(key)) => Ok(key.order),
            None => Ok(wanted),
        }
    }

    fn filter(self, taxonomy_entry: Option<TaxonomyEntryId>) -> MovieFilter {
        fn all<T>(many: Option<Many<T>>) -> Vec<T> {
            many.map_or_else(Vec::new, |many| many.0)
        }
        MovieFilter {
            search: self.q.map(|field| field.0),
            genres: all(self.genre),
            actors: all(self.actor),
            languages: all(self.language),
            countries: all(self.country),
            statuses: all(self.status),
            taxonomy_entry,
            year_from: self.year_from.map(|field| field.0),
            year_to: self.year_to.map(|field| field.0),
            score_min: self.score_min.map(|field| field.0),
            score_max: self.score_max.map(|field| field.0),
        }
    }

    /// Query parameters of the filters and the order, for links.
    fn in_links(&self) -> Pairs {
        fn one<T>(name: &'static str, field: Option<&Field<T>>, show: impl Fn(&T) -> String) -> Pairs {
            field.map(|field| (name, show(&field.0))).into_iter().collect()
        }
        fn many<T>(name: &'static str, field: Option<&Many<T>>, show: impl Fn(&T) -> String) -> Pairs {
            field.into_iter().flat_map(|many| &many.0).map(|one| (name, show(one))).collect()
        }
        let score = |score: &Score| score.value().to_string();
        let pairs = [
            one("q", self.q.as_ref(), |search| search.as_str().to_owned()),
            one("year_from", self.year_from.as_ref(), ToString::to_string),
            one("year_to", self.year_to.as_ref(), ToString::to_string),
            one("score_min", self.score_min.as_ref(), score),
            one("score_max", self.score_max.as_ref(), score),
            one("sort_by", self.sort_by.as_ref(), |sort| sort.as_str().to_owned()),
            one("sort_order", self.sort_order.as_ref(), |direction| direction.as_str().to_owned()),
            many("genre", self.genre.as_ref(), ToString::to_string),
            many("actor", self.actor.as_ref(), ToString::to_string),
            many("country", self.country.as_ref(), ToString::to_string),
            many("language", self.language.as_ref(), ToString::to_string),
            many("status", self.status.as_ref(), |status| status.as_str().to_owned()),
        ];
        pairs.concat()
    }
}

fn other_order() -> Problem {
    let issue = Issue::new("cursor_of_other_order", "The cursor belongs to a list in another order.");
    Problem::invalid(Invalid::at("/cursor", issue), RequestPart::Query)
}

/// Example of a list.
pub(super) fn example() -> serde_json::Value {
    serde_json::json!({
        "movies": [{"id": 42, "name": "Amélie", "date": "2001-04-25", "score": 79.0,
            "overview": "A shy waitress in Montmartre sets out to repair the lives of those around her."}],
        "prev_page": null, "next_page": "/api/v1/theater/movies?page=2&per_page=1",
        "total_pages": 290, "total_items": 290, "next_cursor": "aWQtZGVzYzo0Mjo",
    })
}
