//! A filter as conditions on `movies AS m`.

use std::collections::BTreeSet;

use domain::{
    catalogue::{CountryCode, MovieFilter, Name, Taxonomy, TaxonomyEntryId},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, QueryResult,
    sea_query::{Condition, Expr, ExprTrait, Query},
};

use super::get;
use crate::sql::fetch;

/// Up to this number, movies of a taxonomy are looked up one by one; above it, checking each movie in the list's order is
/// faster.
const LOOKUP_THRESHOLD: i64 = 5_000;

/// What a filter requires of a movie, except for its search terms.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    /// Conditions on `movies AS m`.
    pub(super) all: Condition,
    /// The number of movies, where it is known without counting them.
    pub(super) known_count: Option<i64>,
}

/// A genre, actor, language or country, and its number of movies.
#[derive(Clone, Copy, Debug)]
struct Known {
    id: TaxonomyEntryId,
    movies: i64,
}

impl Conditions {
    /// Conditions that every movie satisfies.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { all: Condition::all(), known_count: None }
    }

    /// The conditions of a filter, or `None` where no movie can satisfy them because a name is unknown.
    pub(super) async fn of(
        connection: &impl ConnectionTrait,
        filter: &MovieFilter,
    ) -> Result<Option<Self>, StoreError> {
        let Some(named) = named(connection, filter).await? else { return Ok(None) };
        let mut all = Condition::all();
        for known in &named {
            all = all.add(has(*known));
        }
        let countries = countries(connection, filter).await?;
        if !filter.countries.is_empty() {
            if countries.is_empty() {
                return Ok(None);
            }
            all = all.add(comes_from(&countries));
        }
        if !filter.statuses.is_empty() {
            all = all
                .add(Expr::col(("m", "status")).is_in(filter.statuses.iter().map(|status| status.as_str())));
        }
        all = all
            .add_option(filter.year_from.map(|year| Expr::col(("m", "date")).gte(year.first_day())))
            .add_option(filter.year_to.map(|year| Expr::col(("m", "date")).lte(year.last_day())))
            .add_option(filter.score_min.map(|score| Expr::col(("m", "score")).gte(score.value())))
            .add_option(filter.score_max.map(|score| Expr::col(("m", "score")).lte(score.value())));
        // The database maintains the counts of taxonomies; they are the total if nothing else is required.
        let known_count = match (&named[..], &countries[..]) {
            _ if all.len() != 1 => None,
            ([known], []) => Some(known.movies),
            ([], [_, ..]) => Some(countries.iter().map(|country| country.movies).sum()),
            _ => None,
        };
        Ok(Some(Self { all, known_count }))
    }
}

fn has(known: Known) -> Expr {
    let Some(Links { table, column }) = links(known.id.kind) else { return comes_from(&[known]) };
    let is_linked = Expr::col(("l", column)).eq(known.id.id);
    let mut linked = Query::select().from_as(table, "l").and_where(is_linked).take();
    if known.movies <= LOOKUP_THRESHOLD {
        Expr::col(("m", "id")).in_subquery(linked.column(("l", "movie_id")).take())
    } else {
        let same = Expr::col(("l", "movie_id")).equals(("m", "id"));
        Expr::exists(linked.column(("l", "movie_id")).and_where(same).take())
    }
}

fn comes_from(countries: &[Known]) -> Expr {
    let ids: Vec<i64> = countries.iter().map(|country| country.id.id).collect();
    if countries.iter().map(|country| country.movies).sum::<i64>() <= LOOKUP_THRESHOLD {
        let movies = Query::select()
            .column(("f", "id"))
            .from_as("movies", "f")
            .and_where(Expr::col(("f", "country_id")).is_in(ids))
            .take();
        Expr::col(("m", "id")).in_subquery(movies)
    } else {
        Expr::col(("m", "country_id")).is_in(ids)
    }
}

/// The table that links a taxonomy with movies, and its column for the taxonomy.
pub(in crate::catalogue) struct Links {
    pub(in crate::catalogue) table: &'static str,
    pub(in crate::catalogue) column: &'static str,
}

/// `None` for countries, which are a column of the movie.
pub(in crate::catalogue) fn links(kind: Taxonomy) -> Option<Links> {
    match kind {
        Taxonomy::Genre => Some(Links { table: "movies_genres", column: "genre_id" }),
        Taxonomy::Actor => Some(Links { table: "actors_movies", column: "actor_id" }),
        Taxonomy::Language => Some(Links { table: "movies_languages", column: "language_id" }),
        Taxonomy::Country => None,
    }
}

/// The countries of a filter that the catalogue knows.
async fn countries(
    connection: &impl ConnectionTrait,
    filter: &MovieFilter,
) -> Result<Vec<Known>, StoreError> {
    if filter.countries.is_empty() {
        return Ok(Vec::new());
    }
    let codes = filter.countries.iter().map(CountryCode::as_str);
    known(connection, Taxonomy::Country, Expr::col("code").is_in(codes)).await
}

/// The genres, actors and languages of a filter, or `None` where the catalogue does not know one of them.
async fn named(
    connection: &impl ConnectionTrait,
    filter: &MovieFilter,
) -> Result<Option<Vec<Known>>, StoreError> {
    let mut all = Vec::new();
    let named: [(Taxonomy, &[Name]); 3] = [
        (Taxonomy::Genre, &filter.genres),
        (Taxonomy::Actor, &filter.actors),
        (Taxonomy::Language, &filter.languages),
    ];
    for (kind, names) in named {
        let keys: BTreeSet<_> = names.iter().map(Name::key).collect();
        let wanted = keys.len();
        if wanted > 0 {
            let found = known(connection, kind, Expr::col("name_key").is_in(keys)).await?;
            if found.len() != wanted {
                return Ok(None);
            }
            all.extend(found);
        }
    }
    if let Some(id) = filter.taxonomy_entry {
        let found = known(connection, id.kind, Expr::col("id").eq(id.id)).await?;
        if found.is_empty() {
            return Ok(None);
        }
        all.extend(found);
    }
    Ok(Some(all))
}

async fn known(
    connection: &impl ConnectionTrait,
    kind: Taxonomy,
    condition: Expr,
) -> Result<Vec<Known>, StoreError> {
    let query =
        Query::select().columns(["id", "movie_count"]).from(kind.plural()).and_where(condition).take();
    let known = |row: &QueryResult| {
        Ok(Known { id: TaxonomyEntryId { kind, id: get(row, "id")? }, movies: get(row, "movie_count")? })
    };
    fetch(connection, &query).await?.iter().map(known).collect()
}
