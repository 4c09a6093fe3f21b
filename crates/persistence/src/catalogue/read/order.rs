//! The orders of a list of movies, as columns of `movies AS m`.

use domain::{
    catalogue::{Direction, MovieCursor, MovieOrder, MovieSort, Relevance, SortKey},
    store::StoreError,
};
use sea_orm::{
    QueryResult, Value,
    sea_query::{ColumnRef, IntoColumnRef, Order},
};

use super::get;
use crate::sql::Keyset;

/// The column of an order besides the id, `None` for the order by id.
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

/// The columns that an order sorts by. The rank of a match is in `found.rank`.
pub(super) fn keyset(order: MovieOrder) -> Keyset {
    let (first, direction): (Option<ColumnRef>, _) = match order {
        MovieOrder::Relevance => (Some(("found", "rank").into_column_ref()), Order::Desc),
        MovieOrder::By(sort, direction) => {
            let direction = if direction == Direction::Ascending { Order::Asc } else { Order::Desc };
            (column(sort).map(|column| ("m", column).into_column_ref()), direction)
        }
    };
    Keyset::new(first.into_iter().chain([("m", "id").into_column_ref()]), direction)
}

/// The values of a cursor, one for each column of [`keyset`].
pub(super) fn values(cursor: &MovieCursor) -> Vec<Value> {
    let first: Option<Value> = match &cursor.key {
        SortKey::Id => None,
        SortKey::Relevance(relevance) => Some(rank(*relevance).into()),
        SortKey::Name(name) => Some(name.as_str().into()),
        SortKey::Date(date) => Some((*date).into()),
        SortKey::Score(score) => Some((*score).into()),
        SortKey::Cents(cents) => Some((*cents).into()),
    };
    first.into_iter().chain([cursor.id.0.into()]).collect()
}

/// The sort key of a row that has the columns of every order.
pub(super) fn key(row: &QueryResult, order: MovieOrder) -> Result<SortKey, StoreError> {
    Ok(match order {
        MovieOrder::Relevance => SortKey::Relevance(relevance(get(row, "rank")?)),
        MovieOrder::By(MovieSort::Id, _) => SortKey::Id,
        MovieOrder::By(MovieSort::Name, _) => {
            SortKey::Name(get::<Option<String>>(row, "sort_key")?.unwrap_or_default())
        }
        MovieOrder::By(MovieSort::Date, _) => SortKey::Date(get(row, "date")?),
        MovieOrder::By(MovieSort::Score, _) => SortKey::Score(get(row, "score")?),
        MovieOrder::By(MovieSort::Budget, _) => SortKey::Cents(get(row, "budget")?),
        MovieOrder::By(MovieSort::Revenue, _) => SortKey::Cents(get(row, "revenue")?),
    })
}

/// A relevance as a number, higher for a better match.
pub(super) fn rank(relevance: Relevance) -> i64 {
    Relevance::ALL.iter().rev().zip(0..).find(|(other, _)| **other == relevance).map_or(0, |(_, rank)| rank)
}

fn relevance(rank: i64) -> Relevance {
    let find = |relevance: &Relevance| self::rank(*relevance) == rank;
    Relevance::ALL.into_iter().find(find).unwrap_or(Relevance::Anywhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_better_match_has_a_higher_rank() {
        assert_eq!(Relevance::ALL.map(rank), [5, 4, 3, 2, 1, 0]);
        assert_eq!(Relevance::ALL.map(|one| relevance(rank(one))), Relevance::ALL);
    }
}
