//! The orders of lists of films.

use domain::{
    catalogue::{Direction, MovieCursor, MovieOrder, MovieSort, SortKey},
    ports::StoreError,
};
use sea_orm::{QueryResult, Value};

use super::{conditions::Conditions, get};

/// The column of an order. By id there is none besides the id itself.
pub(super) const fn column(sort: MovieSort) -> Option<&'static str> {
    match sort {
        MovieSort::Id => None,
        MovieSort::Name => Some("sort_key"),
        MovieSort::Date => Some("date"),
        MovieSort::Score => Some("score"),
        MovieSort::Budget => Some("budget"),
        MovieSort::Revenue => Some("revenue"),
    }
}

/// ` ORDER BY …` over films called `m`.
pub(super) fn order_by(sort: MovieSort, direction: Direction) -> String {
    let direction = match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    };
    match column(sort) {
        Some(column) => format!(" ORDER BY m.{column} {direction}, m.id {direction}"),
        None => format!(" ORDER BY m.id {direction}"),
    }
}

/// Adds that a film comes behind a place.
pub(super) fn behind(
    conditions: &mut Conditions,
    sort: MovieSort,
    direction: Direction,
    place: &MovieCursor,
) {
    let condition = is_behind(conditions, sort, direction, place);
    conditions.and(condition);
}

/// That a film comes behind a place, which is bound as values of these conditions.
pub(super) fn is_behind(
    conditions: &mut Conditions,
    sort: MovieSort,
    direction: Direction,
    place: &MovieCursor,
) -> String {
    let sign = if direction == Direction::Ascending { '>' } else { '<' };
    let key: Option<Value> = match &place.key {
        SortKey::Id | SortKey::Relevance(_) => None,
        SortKey::Name(name) => Some(name.as_str().into()),
        SortKey::Date(date) => Some((*date).into()),
        SortKey::Score(score) => Some((*score).into()),
        SortKey::Cents(cents) => Some((*cents).into()),
    };
    match (column(sort), key) {
        (Some(column), Some(key)) => {
            let (key, id) = (conditions.bind(key), conditions.bind(place.id.0));
            format!("(m.{column}, m.id) {sign} ({key}, {id})")
        }
        _ => format!("m.id {sign} {}", conditions.bind(place.id.0)),
    }
}

/// What the film of a row, which has the columns of every order, is sorted by.
pub(super) fn key(row: &QueryResult, order: MovieOrder) -> Result<SortKey, StoreError> {
    let MovieOrder::By(sort, _) = order else { return Ok(SortKey::Id) };
    Ok(match sort {
        MovieSort::Id => SortKey::Id,
        MovieSort::Name => SortKey::Name(get::<Option<String>>(row, "sort_key")?.unwrap_or_default()),
        MovieSort::Date => SortKey::Date(get(row, "date")?),
        MovieSort::Score => SortKey::Score(get(row, "score")?),
        MovieSort::Budget => SortKey::Cents(get(row, "budget")?),
        MovieSort::Revenue => SortKey::Cents(get(row, "revenue")?),
    })
}
