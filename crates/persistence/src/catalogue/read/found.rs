//! The movies that a search finds: at most the 1,000 best matches among those that the filter allows.

use domain::catalogue::{Relevance, SearchTerms};
use sea_orm::{
    DatabaseBackend,
    sea_query::{
        CommonTableExpression, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, UnionType,
        WithClause,
    },
};

use super::{
    conditions::Conditions,
    order::rank,
    search::{Match, Part, fts_match, tsquery},
};

/// Maximum matches of a search.
pub(super) const MAX_MATCHES: u64 = 1_000;

/// The part and the match that each relevance requires, except the best, the title itself. Each includes those before it.
const REQUIRED: [(Relevance, Part, Match); 5] = [
    (Relevance::WordsInTitle, Part::Title, Match::Exact),
    (Relevance::PrefixInTitle, Part::Title, Match::Prefix),
    (Relevance::WordsInNames, Part::Names, Match::Exact),
    (Relevance::PrefixInNames, Part::Names, Match::Prefix),
    (Relevance::Anywhere, Part::All, Match::Prefix),
];

/// `WITH …, found (id, rank)`: the best matches.
///
/// For each relevance the database reads its newest 1,000 movies at most, by the index of words or by walking from the
/// newest movie on, whichever is cheaper. It reads none where a better relevance has 1,000 already. A movie is found for
/// each relevance that it satisfies; the best one counts.
pub(super) fn found(backend: DatabaseBackend, terms: &SearchTerms, conditions: &Conditions) -> WithClause {
    let mut searches = vec![(Relevance::Title, same_title(terms, conditions))];
    let mut last = String::new();
    for (relevance, part, words) in REQUIRED {
        let expression = match backend {
            DatabaseBackend::Postgres => tsquery(terms, part, words),
            _ => fts_match(terms, part, words),
        };
        // For words that are too short for a prefix match both expressions are the same.
        if expression != last {
            searches.push((relevance, matching(backend, &expression, conditions)));
            last = expression;
        }
    }
    let mut with = WithClause::new();
    let mut ranks: Vec<SelectStatement> = Vec::new();
    let mut better: Vec<&'static str> = Vec::new();
    for (relevance, mut ids) in searches {
        for name in &better {
            ids.and_where(Expr::from(count(name)).lt(MAX_MATCHES));
        }
        let name = name(relevance);
        with.cte(CommonTableExpression::new().table_name(name).query(ids).to_owned());
        ranks
            .push(Query::select().column("id").expr_as(Expr::val(rank(relevance)), "rank").from(name).take());
        better.push(name);
    }
    let mut ranks = ranks.into_iter();
    let mut all = ranks.next().unwrap_or_default();
    all.unions(ranks.map(|query| (UnionType::All, query)));
    let best = Query::select()
        .column("id")
        .expr_as(Expr::col("rank").max(), "rank")
        .from_subquery(all, "ranked")
        .group_by_col("id")
        .order_by_expr(Expr::col("rank").max(), Order::Desc)
        .order_by("id", Order::Desc)
        .limit(MAX_MATCHES)
        .take();
    with.cte(CommonTableExpression::new().table_name("found").query(best).to_owned());
    with
}

/// The name of the table of a relevance's matches.
const fn name(relevance: Relevance) -> &'static str {
    match relevance {
        Relevance::Title => "same_title",
        Relevance::WordsInTitle => "words_in_title",
        Relevance::PrefixInTitle => "prefix_in_title",
        Relevance::WordsInNames => "words_in_names",
        Relevance::PrefixInNames => "prefix_in_names",
        Relevance::Anywhere => "anywhere",
    }
}

fn count(table: &'static str) -> SelectStatement {
    Query::select().expr(Func::count(Expr::col("id"))).from(table).take()
}

fn same_title(terms: &SearchTerms, conditions: &Conditions) -> SelectStatement {
    Query::select()
        .column(("m", "id"))
        .from_as("movies", "m")
        .and_where(Expr::col(("m", "sort_key")).eq(terms.phrase.as_str()))
        .cond_where(conditions.all.clone())
        .order_by(("m", "id"), Order::Desc)
        .limit(MAX_MATCHES)
        .take()
}

fn matching(backend: DatabaseBackend, expression: &str, conditions: &Conditions) -> SelectStatement {
    let (id, matches) = if backend == DatabaseBackend::Postgres {
        (("s", "movie_id"), "s.document @@ CAST($1 AS tsquery)")
    } else {
        (("s", "rowid"), "s.movie_search MATCH ?")
    };
    let mut query = Query::select()
        .expr_as(Expr::col(id), "id")
        .from_as("movie_search", "s")
        .and_where(Expr::cust_with_values(matches, [expression]))
        .order_by(id, Order::Desc)
        .limit(MAX_MATCHES)
        .take();
    if !conditions.all.is_empty() {
        let same = Expr::col(("m", "id")).equals(id);
        query.join_as(JoinType::InnerJoin, "movies", "m", same).cond_where(conditions.all.clone());
    }
    query
}
