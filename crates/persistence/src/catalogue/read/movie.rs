//! A movie in full, in one round trip.

use chrono::NaiveDate;
use domain::{
    catalogue::{
        Country, CountryCode, Movie, MovieId, Name, Named, Overview, ReleaseDate, Score, SearchText, Taxonomy,
    },
    money::{Currency, Money},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, QueryResult,
    sea_query::{Expr, ExprTrait, JoinType, Order, Query},
};

use super::{
    all,
    conditions::{Links, links},
    get,
};
use crate::{error::corrupt, sql::fetch};

/// One row for the movie itself, and one for each related name; `kind` distinguishes them. The columns of the movie are null
/// in the others, so that its texts are read once.
const SQL: &str = "
    SELECT 'movie' AS kind, m.id, m.name, m.date, m.score, m.overview, m.status, m.budget, m.revenue,
           c.id AS country_id, c.code AS country_code, c.name AS country_name
    FROM movies m JOIN countries c ON c.id = m.country_id WHERE m.id = $1
    UNION ALL
    SELECT 'genre', g.id, g.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM movies_genres l JOIN genres g ON g.id = l.genre_id WHERE l.movie_id = $1
    UNION ALL
    SELECT 'actor', a.id, a.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM actors_movies l JOIN actors a ON a.id = l.actor_id WHERE l.movie_id = $1
    UNION ALL
    SELECT 'language', s.id, s.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM movies_languages l JOIN languages s ON s.id = l.language_id WHERE l.movie_id = $1";

pub(in crate::catalogue) async fn read(
    connection: &impl ConnectionTrait,
    id: MovieId,
) -> Result<Option<Movie>, StoreError> {
    let mut movie = None;
    let (mut genres, mut actors, mut languages) = (Vec::new(), Vec::new(), Vec::new());
    for row in all(connection, SQL, vec![id.0.into()]).await? {
        match get::<String>(&row, "kind")?.as_str() {
            "movie" => movie = Some(without_relations(&row)?),
            "genre" => genres.push(named(&row)?),
            "actor" => actors.push(named(&row)?),
            _ => languages.push(named(&row)?),
        }
    }
    let Some(movie) = movie else { return Ok(None) };
    let mut movie = Movie { genres, actors, languages, ..movie };
    sort_relations(&mut movie);
    Ok(Some(movie))
}

/// Movies in full, by their ids in ascending order, in four round trips regardless of their number.
pub(in crate::catalogue) async fn in_full(
    connection: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<Vec<Movie>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let columns = ["id", "name", "date", "score", "overview", "status", "budget", "revenue", "country_id"];
    let query = Query::select()
        .columns(columns.map(|column| ("m", column)))
        .expr_as(Expr::col(("c", "code")), "country_code")
        .expr_as(Expr::col(("c", "name")), "country_name")
        .from_as("movies", "m")
        .join_as(JoinType::InnerJoin, "countries", "c", Expr::col(("c", "id")).equals(("m", "country_id")))
        .and_where(Expr::col(("m", "id")).is_in(ids.iter().copied()))
        .order_by(("m", "id"), Order::Asc)
        .take();
    let rows = fetch(connection, &query).await?;
    let mut movies = rows.iter().map(without_relations).collect::<Result<Vec<_>, _>>()?;
    for kind in [Taxonomy::Genre, Taxonomy::Actor, Taxonomy::Language] {
        let Some(Links { table, column }) = links(kind) else { continue };
        let query = Query::select()
            .columns([("l", "movie_id"), ("r", "id"), ("r", "name")])
            .from_as(table, "l")
            .join_as(JoinType::InnerJoin, kind.plural(), "r", Expr::col(("r", "id")).equals(("l", column)))
            .and_where(Expr::col(("l", "movie_id")).is_in(ids.iter().copied()))
            .take();
        for row in fetch(connection, &query).await? {
            let movie = MovieId(get(&row, "movie_id")?);
            let Ok(index) = movies.binary_search_by_key(&movie, |movie| movie.id) else { continue };
            let named = named(&row)?;
            match kind {
                Taxonomy::Genre => movies[index].genres.push(named),
                Taxonomy::Actor => movies[index].actors.push(named),
                _ => movies[index].languages.push(named),
            }
        }
    }
    movies.iter_mut().for_each(sort_relations);
    Ok(movies)
}

/// The text by which a movie is found.
pub(in crate::catalogue) fn search_text(movie: &Movie) -> SearchText {
    let actors = movie.actors.iter().map(|actor| actor.name.as_str());
    SearchText::new(movie.name.as_str(), actors, movie.overview.as_str())
}

/// Databases sort text differently; this order is the same for both.
fn sort_relations(movie: &mut Movie) {
    for relation in [&mut movie.genres, &mut movie.actors, &mut movie.languages] {
        relation.sort_by_cached_key(|named| (named.name.to_lowercase(), named.id));
    }
}

fn without_relations(row: &QueryResult) -> Result<Movie, StoreError> {
    let status: String = get(row, "status")?;
    Ok(Movie {
        id: MovieId(get(row, "id")?),
        name: name(row)?,
        date: date(row)?,
        score: score(row)?,
        overview: overview(row)?,
        status: status.parse().map_err(corrupt)?,
        budget: money(row, "budget")?,
        revenue: money(row, "revenue")?,
        country: Country {
            id: get(row, "country_id")?,
            code: country_code(row, "country_code")?,
            name: get(row, "country_name")?,
        },
        genres: Vec::new(),
        actors: Vec::new(),
        languages: Vec::new(),
    })
}

fn named(row: &QueryResult) -> Result<Named, StoreError> {
    Ok(Named { id: get(row, "id")?, name: get(row, "name")? })
}

pub(super) fn name(row: &QueryResult) -> Result<Name, StoreError> {
    Name::parse(&get::<String>(row, "name")?).map_err(corrupt)
}

pub(in crate::catalogue) fn country_code(row: &QueryResult, column: &str) -> Result<CountryCode, StoreError> {
    CountryCode::parse(&get::<String>(row, column)?).map_err(corrupt)
}

pub(super) fn date(row: &QueryResult) -> Result<ReleaseDate, StoreError> {
    ReleaseDate::new(get::<NaiveDate>(row, "date")?).map_err(corrupt)
}

pub(super) fn score(row: &QueryResult) -> Result<Score, StoreError> {
    Score::new(get(row, "score")?).map_err(corrupt)
}

pub(super) fn overview(row: &QueryResult) -> Result<Overview, StoreError> {
    Overview::parse(&get::<String>(row, "overview")?).map_err(corrupt)
}

fn money(row: &QueryResult, column: &str) -> Result<Money, StoreError> {
    Money::new(get(row, column)?, Currency::Usd).map_err(corrupt)
}
