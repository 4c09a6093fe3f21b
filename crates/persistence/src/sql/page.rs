//! Pages of a list: by number, or after a keyset cursor.

use domain::{
    page::{Page, PageNumber, PageSize, Position},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, QueryResult, Value,
    sea_query::{
        ColumnRef, Expr, ExprTrait, Order, PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder,
    },
};

use super::{all, fetch, get};
use crate::bounded::Bounded;

/// The columns by which a list is sorted, all in one direction. Together they are unique.
#[derive(Clone, Debug)]
pub(crate) struct Keyset {
    columns: Vec<ColumnRef>,
    order: Order,
}

impl Keyset {
    pub(crate) fn new(columns: impl IntoIterator<Item = ColumnRef>, order: Order) -> Self {
        Self { columns: columns.into_iter().collect(), order }
    }

    /// Sorts a query.
    pub(crate) fn sort(&self, query: &mut SelectStatement) {
        for column in &self.columns {
            query.order_by(column.clone(), self.order.clone());
        }
    }

    /// Sorts a query and restricts it to one page and the row after it, which shows whether there is more.
    ///
    /// `Position::After` holds a value for each column.
    pub(crate) fn restrict(
        &self,
        query: &mut SelectStatement,
        position: &Position<Vec<Value>>,
        size: PageSize,
    ) {
        self.sort(query);
        query.limit(size.get().unsigned_abs() + 1);
        match position {
            Position::Page(number) => {
                query.offset(number.offset(size).unsigned_abs());
            }
            Position::After(values) => {
                let columns = Expr::tuple(self.columns.iter().cloned().map(Expr::col));
                let values = Expr::tuple(values.iter().cloned().map(Expr::val));
                query.and_where(match self.order {
                    Order::Desc => columns.lt(values),
                    _ => columns.gt(values),
                });
            }
        }
    }
}

/// How PostgreSQL plans a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Once, with the values in the text of the statement. Only for a statement that holds no value of a caller.
    Inlined,
    /// Once for all values.
    Cached,
    /// Each time, for its values.
    PerValues,
}

/// Reads one page.
///
/// `build` returns the statement for a position, restricted by [`Keyset::restrict`]; for a numbered page its column `total`
/// is the number of rows of the whole list.
pub(crate) async fn read_page(
    connection: &Bounded<DatabaseConnection>,
    plan: Plan,
    build: impl Fn(&Position<Vec<Value>>) -> SelectStatement,
    position: Position<Vec<Value>>,
    size: PageSize,
) -> Result<Page<QueryResult>, StoreError> {
    let mut items = run(connection, plan, build(&position)).await?;
    let total = match (&position, items.first()) {
        (Position::After(_), _) => None,
        (Position::Page(_), Some(row)) => Some(get(row, "total")?),
        (Position::Page(PageNumber::FIRST), None) => Some(0),
        // Past the end no row carries the total, but the first page does.
        (Position::Page(_), None) => {
            let first = run(connection, plan, build(&Position::Page(PageNumber::FIRST))).await?;
            Some(first.first().map_or(Ok(0), |row| get(row, "total"))?)
        }
    };
    let size = usize::try_from(size.get()).unwrap_or(usize::MAX);
    let has_more = items.len() > size;
    items.truncate(size);
    Ok(Page { items, has_more, total })
}

async fn run(
    connection: &Bounded<DatabaseConnection>,
    plan: Plan,
    query: SelectStatement,
) -> Result<Vec<QueryResult>, StoreError> {
    match plan {
        Plan::Inlined => {
            let sql = match connection.get_database_backend() {
                DatabaseBackend::Postgres => query.to_string(PostgresQueryBuilder),
                _ => query.to_string(SqliteQueryBuilder),
            };
            all(connection, sql, vec![]).await
        }
        Plan::Cached => fetch(connection, &query).await,
        Plan::PerValues => connection.planned(&query).await,
    }
}
