//! Writing many rows at once.

use sea_orm::{DatabaseBackend, Value, sea_query::ArrayType};

/// The type of a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    Text,
    Integer,
    Double,
    Date,
}

impl Type {
    const fn postgres(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "bigint",
            Self::Double => "double precision",
            Self::Date => "date",
        }
    }

    const fn array(self) -> ArrayType {
        match self {
            Self::Text => ArrayType::String,
            Self::Integer => ArrayType::BigInt,
            Self::Double => ArrayType::Double,
            Self::Date => ArrayType::ChronoDate,
        }
    }
}

/// Maximum movies that one statement writes. Well below what either database binds in one statement.
pub(super) const CHUNK: usize = 1_000;

/// Maximum values that one statement binds; SQLite allows some more, PostgreSQL twice as many.
const MAX_BOUND: usize = 30_000;

/// Maximum rows of one statement, by their number of columns. PostgreSQL gets a column as one value, so it has no limit.
pub(super) fn at_a_time(backend: DatabaseBackend, columns: usize) -> usize {
    if backend == DatabaseBackend::Postgres { usize::MAX } else { MAX_BOUND / columns }
}

/// Rows as the source of an `INSERT`. On PostgreSQL each column is one array, which saves planning for each row.
pub(super) fn source<const N: usize>(
    backend: DatabaseBackend,
    types: [Type; N],
    rows: impl IntoIterator<Item = [Value; N]>,
) -> (String, Vec<Value>) {
    if backend != DatabaseBackend::Postgres {
        let values: Vec<_> = rows.into_iter().flatten().collect();
        // Without numbers: SQLite compares the name of a numbered one with those of all before it.
        let row = format!("({})", ["?"; N].join(", "));
        return (format!("VALUES {}", vec![row; values.len() / N].join(", ")), values);
    }
    let mut columns: [Vec<Value>; N] = std::array::from_fn(|_| Vec::new());
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let parameters: Vec<_> =
        types.iter().enumerate().map(|(at, kind)| format!("${}::{}[]", at + 1, kind.postgres())).collect();
    let arrays =
        types.iter().zip(columns).map(|(kind, column)| Value::Array(kind.array(), Some(Box::new(column))));
    (format!("SELECT * FROM UNNEST({})", parameters.join(", ")), arrays.collect())
}
