//! One page of the list of movies, in one statement.

use domain::{
    catalogue::{MovieCursor, MovieFilter, MovieId, MovieOrder, MoviePage, MovieSummary, SearchTerms},
    page::{Page, PageNumber, PageSize, Position},
    store::StoreError,
};
use sea_orm::{
    DatabaseBackend, QueryResult, Value,
    sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement},
};

use super::{conditions::Conditions, found, get, movie, order, search};
use crate::{
    catalogue::CatalogueStore,
    sql::{Plan, read_page},
};

/// The columns that a list shows, and those of every order.
const COLUMNS: [(&str, &str); 8] = [
    ("m", "id"),
    ("m", "name"),
    ("m", "date"),
    ("m", "score"),
    ("m", "overview"),
    ("m", "sort_key"),
    ("m", "budget"),
    ("m", "revenue"),
];

impl CatalogueStore {
    pub(super) async fn list_movies(
        &self,
        filter: &MovieFilter,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
    ) -> Result<MoviePage, StoreError> {
        let terms = match &filter.search {
            Some(query) => {
                Some(search::terms(&self.database.reader, query, self.has_trigrams().await?).await?)
            }
            None => None,
        };
        // A search without words finds nothing, and only a search has an order of relevance.
        let can_match =
            terms.as_ref().map_or(order != MovieOrder::Relevance, |terms| !terms.words.is_empty());
        let conditions = Conditions::of(&self.database.reader, filter).await?.filter(|_| can_match);
        let Some(conditions) = conditions else { return Ok(empty(&position)) };
        let position = match position {
            Position::Page(number) => Position::Page(number),
            Position::After(cursor) => Position::After(order::values(&cursor)),
        };
        let backend = self.database.backend();
        let build = |position: &Position<Vec<Value>>| match &terms {
            Some(terms) => searched(backend, terms, &conditions, order, position, size),
            None => listed(&conditions, order, position, size),
        };
        // A planner that does not know the limit reads far more rows than the first page has.
        let plan = match &position {
            // Of the default size only, so that the texts are as few as the orders.
            Position::Page(PageNumber::FIRST) if filter.is_empty() && size == PageSize::DEFAULT => {
                Plan::Inlined
            }
            _ if filter.is_empty() => Plan::Cached,
            _ => Plan::PerValues,
        };
        let page = read_page(&self.database.reader, plan, build, position, size).await?;
        movies(page, order)
    }
}

/// A page of the movies that satisfy the conditions. A numbered page skips the rows before it on the index alone (a deferred
/// join).
pub(super) fn listed(
    conditions: &Conditions,
    order: MovieOrder,
    position: &Position<Vec<Value>>,
    size: PageSize,
) -> SelectStatement {
    let keyset = order::keyset(order);
    let mut query = Query::select().columns(COLUMNS).from_as("movies", "m").take();
    match position {
        Position::Page(number) if *number != PageNumber::FIRST => {
            let mut ids = Query::select().column(("m", "id")).from_as("movies", "m").take();
            ids.cond_where(conditions.all.clone());
            keyset.restrict(&mut ids, position, size);
            query.and_where(Expr::col(("m", "id")).in_subquery(ids));
            keyset.sort(&mut query);
        }
        _ => {
            query.cond_where(conditions.all.clone());
            keyset.restrict(&mut query, position, size);
        }
    }
    if matches!(position, Position::Page(_)) {
        query.expr_as(total(conditions), "total");
    }
    query
}

/// A page of the best matches of a search.
pub(super) fn searched(
    backend: DatabaseBackend,
    terms: &SearchTerms,
    conditions: &Conditions,
    order: MovieOrder,
    position: &Position<Vec<Value>>,
    size: PageSize,
) -> SelectStatement {
    let same = Expr::col(("m", "id")).equals(("found", "id"));
    let mut query = Query::select()
        .with_cte(found::found(backend, terms, conditions))
        .columns(COLUMNS)
        .column(("found", "rank"))
        .from("found")
        .join_as(JoinType::InnerJoin, "movies", "m", same)
        .take();
    order::keyset(order).restrict(&mut query, position, size);
    if matches!(position, Position::Page(_)) {
        let total = Query::select().expr(Func::count(Expr::col(("found", "id")))).from("found").take();
        query.expr_as(total, "total");
    }
    query
}

/// The number of movies that satisfy the conditions.
fn total(conditions: &Conditions) -> Expr {
    if let Some(count) = conditions.known_count {
        return Expr::val(count);
    }
    if conditions.all.is_empty() {
        // The database maintains this count.
        return Query::select().column("movies").from("catalogue_totals").take().into();
    }
    Query::select()
        .expr(Func::count(Expr::col(("m", "id"))))
        .from_as("movies", "m")
        .cond_where(conditions.all.clone())
        .take()
        .into()
}

fn empty(position: &Position<MovieCursor>) -> MoviePage {
    let total = matches!(position, Position::Page(_)).then_some(0);
    MoviePage { page: Page { items: Vec::new(), has_more: false, total }, next: None }
}

fn movies(page: Page<QueryResult>, order: MovieOrder) -> Result<MoviePage, StoreError> {
    let Page { items: rows, has_more, total } = page;
    let items = rows.iter().map(summary).collect::<Result<Vec<_>, _>>()?;
    let last = rows.last().filter(|_| has_more);
    let cursor = |row| Ok(MovieCursor { order, key: order::key(row, order)?, id: MovieId(get(row, "id")?) });
    Ok(MoviePage { page: Page { items, has_more, total }, next: last.map(cursor).transpose()? })
}

fn summary(row: &QueryResult) -> Result<MovieSummary, StoreError> {
    Ok(MovieSummary {
        id: MovieId(get(row, "id")?),
        name: movie::name(row)?,
        date: movie::date(row)?,
        score: movie::score(row)?,
        overview: movie::overview(row)?,
    })
}
