//! Genres, actors, countries and languages.

use domain::{
    catalogue::{Reference, ReferenceId, ReferenceKind, SearchQuery},
    page::{Page, PageSize, Position},
    ports::{ReferenceCursor, StoreError},
};
use sea_orm::{
    ConnectionTrait, QueryResult, Value,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, Order, Query},
};

use super::{get, movie};
use crate::{
    Store,
    sql::{Keyset, Plan, contains, read_page, select},
};

fn columns(kind: ReferenceKind) -> &'static [&'static str] {
    if kind == ReferenceKind::Country {
        &["id", "name", "movie_count", "code"]
    } else {
        &["id", "name", "movie_count"]
    }
}

impl Store {
    pub(super) async fn list_references(
        &self,
        kind: ReferenceKind,
        search: Option<&SearchQuery>,
        position: Position<ReferenceCursor>,
        size: PageSize,
    ) -> Result<Page<Reference>, StoreError> {
        // A search without words finds nothing.
        if search.is_some_and(|search| search.phrase().is_empty()) {
            let total = matches!(position, Position::Page(_)).then_some(0);
            return Ok(Page { items: Vec::new(), has_more: false, total });
        }
        let condition = search.map(|search| Expr::col("search_key").like(contains(search.phrase())));
        let keyset = Keyset::new(["search_key", "id"].map(IntoColumnRef::into_column_ref), Order::Asc);
        let position = match position {
            Position::Page(number) => Position::Page(number),
            Position::After(cursor) => Position::After(vec![cursor.name.into(), cursor.id.into()]),
        };
        let build = |position: &Position<Vec<Value>>| {
            let mut query = Query::select()
                .columns(columns(kind).iter().copied())
                .from(kind.plural())
                .and_where_option(condition.clone())
                .take();
            if matches!(position, Position::Page(_)) {
                let total = Query::select()
                    .expr(Func::count(Expr::col("id")))
                    .from(kind.plural())
                    .and_where_option(condition.clone())
                    .take();
                query.expr_as(total, "total");
            }
            keyset.restrict(&mut query, position, size);
            query
        };
        let page = read_page(&self.reader, Plan::Cached, build, position, size).await?;
        page.try_map(|row| reference(kind, &row))
    }

    pub(super) async fn read_reference(&self, id: ReferenceId) -> Result<Option<Reference>, StoreError> {
        read(&self.reader, id).await
    }
}

pub(in crate::catalogue) async fn read(
    connection: &impl ConnectionTrait,
    id: ReferenceId,
) -> Result<Option<Reference>, StoreError> {
    let query = Query::select()
        .columns(columns(id.kind).iter().copied())
        .from(id.kind.plural())
        .and_where(Expr::col("id").eq(id.id))
        .take();
    let rows = select(connection, &query).await?;
    rows.first().map(|row| reference(id.kind, row)).transpose()
}

fn reference(kind: ReferenceKind, row: &QueryResult) -> Result<Reference, StoreError> {
    let code = match kind {
        ReferenceKind::Country => Some(movie::country_code(row, "code")?),
        _ => None,
    };
    Ok(Reference {
        id: get(row, "id")?,
        code,
        name: get(row, "name")?,
        movie_count: get(row, "movie_count")?,
    })
}
