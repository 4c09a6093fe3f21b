//! Genres, actors, countries and languages.

use domain::{
    catalogue::{SearchQuery, Taxonomy, TaxonomyCursor, TaxonomyEntry, TaxonomyEntryId},
    page::{Page, PageSize, Position},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, QueryResult, Value,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, Order, Query},
};

use super::{get, movie};
use crate::{
    catalogue::CatalogueStore,
    sql::{Keyset, Plan, contains, fetch, read_page},
};

fn columns(kind: Taxonomy) -> &'static [&'static str] {
    if kind == Taxonomy::Country {
        &["id", "name", "movie_count", "code"]
    } else {
        &["id", "name", "movie_count"]
    }
}

impl CatalogueStore {
    pub(super) async fn list_taxonomy(
        &self,
        kind: Taxonomy,
        search: Option<&SearchQuery>,
        position: Position<TaxonomyCursor>,
        size: PageSize,
    ) -> Result<Page<TaxonomyEntry>, StoreError> {
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
        let page = read_page(&self.database.reader, Plan::Cached, build, position, size).await?;
        page.try_map(|row| entry(kind, &row))
    }
}

pub(in crate::catalogue) async fn read(
    connection: &impl ConnectionTrait,
    id: TaxonomyEntryId,
) -> Result<Option<TaxonomyEntry>, StoreError> {
    let query = Query::select()
        .columns(columns(id.kind).iter().copied())
        .from(id.kind.plural())
        .and_where(Expr::col("id").eq(id.id))
        .take();
    let rows = fetch(connection, &query).await?;
    rows.first().map(|row| entry(id.kind, row)).transpose()
}

fn entry(kind: Taxonomy, row: &QueryResult) -> Result<TaxonomyEntry, StoreError> {
    let code = match kind {
        Taxonomy::Country => Some(movie::country_code(row, "code")?),
        _ => None,
    };
    Ok(TaxonomyEntry {
        id: get(row, "id")?,
        code,
        name: get(row, "name")?,
        movie_count: get(row, "movie_count")?,
    })
}
