//! Lists of films that a search finds.
//!
//! What has the words is found once, graded, and kept. Filters and orders are asked for apart and put together here: a database
//! that does all in one statement looks at each film that has the words, and of common ones a large catalogue has too many.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    catalogue::{Direction, MovieCursor, MovieId, MovieOrder, MovieSort, Relevance, SearchTerms, SortKey},
    page::{PageSize, Position},
    ports::{MoviePage, StoreError},
};
use sea_orm::{ConnectionTrait, DatabaseBackend, Value};

use super::{
    all,
    conditions::Conditions,
    get,
    id_lists::{IdList, Kind, ListName},
    list::{as_count, nothing},
    order,
    search::{Ends, Parts, fts_match, tsquery},
};
use crate::{Store, error::corrupt};

/// The lowest bit of a grade that shares a number with the id of a film. No catalogue has so many films.
const GRADE: u32 = 60;
/// How many films of a list are compared with a place in one statement.
const PROBES: usize = 32;

/// What grades 1 to 4 of [`Relevance::ALL`] ask for.
const GRADES: [(Parts, Ends); 4] = [
    (Parts::Title, Ends::Exact),
    (Parts::Title, Ends::Open),
    (Parts::Names, Ends::Exact),
    (Parts::Names, Ends::Open),
];

/// A statement and what its `$1`, `$2` and so on stand for.
pub(super) type Bound = (String, Vec<Value>);

impl Store {
    /// A part of the list of the films that a search finds and conditions allow.
    pub(super) async fn searched(
        &self,
        conditions: Conditions,
        terms: &SearchTerms,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
        generation: u64,
    ) -> Result<Option<MoviePage>, StoreError> {
        if terms.words.is_empty() {
            return Ok(Some(nothing(&position)));
        }
        let name = self.id_lists.name(&format!("{terms:?}"), &[]);
        let found = self.found(name, terms, generation).await?;
        let ids = if order == MovieOrder::Relevance && conditions.is_open() {
            found
        } else {
            let name = format!("{terms:?} {order:?}{}", conditions.sql());
            let name = self.id_lists.name(&name, &conditions.values);
            let arrange = || async {
                if found.len() <= self.limits.few_found {
                    self.arranged(conditions, &found, order).await
                } else {
                    self.arranged_here(conditions, found, order, generation).await
                }
            };
            self.id_lists.list(Kind::Arranged, name, generation, arrange).await?
        };
        let (offset, is_numbered) = match position {
            Position::Page(number) => (as_count(number.offset(size)), true),
            Position::After(place) => (self.offset_behind(&ids, order, &place).await?, false),
        };
        self.part(order, &ids, offset, size, is_numbered).await
    }

    /// Those of the films found that conditions allow, in this order: the database looks at each.
    async fn arranged(
        &self,
        mut conditions: Conditions,
        found: &IdList,
        order: MovieOrder,
    ) -> Result<IdList, StoreError> {
        conditions.among(self.reader.get_database_backend(), found.ids());
        let order_by = match order {
            MovieOrder::Relevance => String::new(),
            MovieOrder::By(sort, direction) => order::order_by(sort, direction),
        };
        let sql = format!("SELECT m.id FROM movies m{}{order_by}", conditions.sql());
        let ids = self.read_ids((sql, conditions.values)).await?;
        Ok(match order {
            MovieOrder::Relevance => found.only(&ids.into_iter().collect()),
            MovieOrder::By(..) => IdList::ungraded(ids).no_younger_than(found),
        })
    }

    /// The same where so many are found that looking at each of them would take the database too long: it reads the ids that
    /// the conditions allow, and those of all films in their order, from indexes where these have what is asked.
    async fn arranged_here(
        &self,
        conditions: Conditions,
        found: Arc<IdList>,
        order: MovieOrder,
        generation: u64,
    ) -> Result<IdList, StoreError> {
        let allowed = async {
            if conditions.is_open() {
                return Ok(None);
            }
            let statement = (format!("SELECT m.id FROM movies m{}", conditions.sql()), conditions.values);
            self.all_ids(Kind::Allowed, statement, generation).await.map(Some)
        };
        let in_order = async {
            let MovieOrder::By(sort, direction) = order else { return Ok(None) };
            let sql = format!("SELECT m.id FROM movies m{}", order::order_by(sort, direction));
            self.all_ids(Kind::Sorted, (sql, vec![]), generation).await.map(Some)
        };
        let (allowed, in_order) = tokio::try_join!(allowed, in_order)?;
        let arrange = move || {
            let mut wanted: HashSet<i64> = found.ids().collect();
            if let Some(allowed) = &allowed {
                wanted = allowed.ids().filter(|id| wanted.contains(id)).collect();
            }
            let arranged = in_order.as_ref().unwrap_or(&found).only(&wanted).no_younger_than(&found);
            allowed.iter().fold(arranged, |arranged, allowed| arranged.no_younger_than(allowed))
        };
        // Nobody else's answer should wait for so many of them.
        tokio::task::spawn_blocking(arrange).await.map_err(corrupt)
    }

    async fn all_ids(
        &self,
        kind: Kind,
        statement: Bound,
        generation: u64,
    ) -> Result<Arc<IdList>, StoreError> {
        let name = self.id_lists.name(&statement.0, &statement.1);
        let read = || async { Ok(IdList::ungraded(self.read_ids(statement).await?)) };
        self.id_lists.list(kind, name, generation, read).await
    }

    /// The ids of all films that have the words of a search, the best first.
    async fn found(
        &self,
        name: ListName,
        terms: &SearchTerms,
        generation: u64,
    ) -> Result<Arc<IdList>, StoreError> {
        let read = || async {
            if self.reader.get_database_backend() == DatabaseBackend::Postgres {
                self.found_in_documents(terms).await
            } else {
                self.found_in_fts(terms).await
            }
        };
        self.id_lists.list(Kind::Ranked, name, generation, read).await
    }

    async fn found_in_documents(&self, terms: &SearchTerms) -> Result<IdList, StoreError> {
        let sql = "SELECT pg_relation_size('movie_search') / current_setting('block_size')::bigint AS pages";
        let pages: i64 =
            all(&self.reader, sql, vec![]).await?.first().map_or(Ok(0), |row| get(row, "pages"))?;
        let mut parts = Vec::new();
        if pages >= self.limits.many_pages {
            let generation = self.news.generation();
            let quarter = |number: i64| {
                let (start, end) = (pages * number / 4, pages * (number + 1) / 4);
                // What was added meanwhile is behind the last page.
                let end = if number == 3 { String::new() } else { format!(" AND s.ctid < '({end},0)'") };
                self.read_ids(documents(terms, &format!(" AND s.ctid >= '({start},0)'{end}")))
            };
            parts = <[_; 4]>::from(tokio::try_join!(quarter(0), quarter(1), quarter(2), quarter(3))?).into();
            // A film that changed meanwhile may have moved from one quarter to another.
            if self.news.generation() != generation {
                parts.clear();
            }
        }
        if parts.is_empty() {
            parts.push(self.read_ids(documents(terms, "")).await?);
        }
        let sql = "SELECT id FROM movies WHERE sort_key = $1";
        let exact = self.read_ids((sql.to_owned(), vec![terms.phrase.as_str().into()])).await?;
        let sort = move || {
            let exact: HashSet<i64> = exact.into_iter().collect();
            let mut grades: Vec<(Relevance, Vec<i64>)> =
                Relevance::ALL.map(|grade| (grade, Vec::new())).into();
            for number in parts.into_iter().flatten() {
                let id = number & ((1 << GRADE) - 1);
                let grade = if exact.contains(&id) { 0 } else { as_count(number >> GRADE) };
                if let Some((_, ids)) = grades.get_mut(grade) {
                    ids.push(id);
                }
            }
            for (_, ids) in &mut grades {
                ids.sort_unstable_by(|one, other| other.cmp(one));
            }
            IdList::new(grades)
        };
        tokio::task::spawn_blocking(sort).await.map_err(corrupt)
    }

    async fn found_in_fts(&self, terms: &SearchTerms) -> Result<IdList, StoreError> {
        let (sql, values) = fts(terms);
        let sql = format!("{} GROUP BY grade", self.ids_of(&sql).replacen("SELECT ", "SELECT grade, ", 1));
        let mut grades = Vec::new();
        for row in all(&self.reader, sql, values).await? {
            let mut ids = self.ids_in(&row)?;
            ids.sort_unstable_by(|one, other| other.cmp(one));
            let number = as_count(get(&row, "grade")?);
            grades.push((*Relevance::ALL.get(number).unwrap_or(&Relevance::Anywhere), ids));
        }
        Ok(IdList::new(grades))
    }

    /// How many films of a list come up to a place, whether or not its film is still there.
    async fn offset_behind(
        &self,
        ids: &IdList,
        order: MovieOrder,
        place: &MovieCursor,
    ) -> Result<usize, StoreError> {
        let (sort, direction) = match (order, &place.key) {
            (MovieOrder::Relevance, SortKey::Relevance(grade)) => return Ok(ids.behind(*grade, place.id.0)),
            (MovieOrder::Relevance, _) => return Ok(ids.len()),
            (MovieOrder::By(sort, direction), _) => (sort, direction),
        };
        // The film of the place itself tells, if it is still what it was.
        if let Some(at) = ids.ids().position(|id| id == place.id.0)
            && self.key_of(place.id, order).await?.as_ref() == Some(&place.key)
        {
            return Ok(at + 1);
        }
        let (mut start, mut end, mut shift) = (0, ids.len(), 0);
        // Films at even distances between the two tell between which of them the place is.
        while start < end {
            let step = (end - start).div_ceil(PROBES);
            let probed = (start + shift..end).step_by(step);
            let probed: Vec<_> =
                probed.flat_map(|at| ids.part(at, 1).into_iter().map(move |(_, id)| (at, id))).collect();
            let films: Vec<_> = probed.iter().map(|(_, id)| *id).collect();
            let behind = self.which_are_behind(&films, sort, direction, place).await?;
            let between = (start, end);
            for (at, id) in probed {
                match behind.get(&id) {
                    Some(false) => start = at + 1,
                    Some(true) => {
                        end = at;
                        break;
                    }
                    // It went meanwhile.
                    None => {}
                }
            }
            shift = if between == (start, end) { shift + 1 } else { 0 };
            if shift == step {
                // All of them went.
                break;
            }
        }
        Ok(start)
    }

    /// What a film is sorted by now.
    async fn key_of(&self, film: MovieId, order: MovieOrder) -> Result<Option<SortKey>, StoreError> {
        let sql =
            "SELECT m.id, m.sort_key, m.date, m.score, m.budget, m.revenue FROM movies m WHERE m.id = $1";
        let rows = all(&self.reader, sql, vec![film.0.into()]).await?;
        rows.first().map(|row| order::key(row, order)).transpose()
    }

    /// Of films that are there, whether they come behind a place.
    async fn which_are_behind(
        &self,
        films: &[i64],
        sort: MovieSort,
        direction: Direction,
        place: &MovieCursor,
    ) -> Result<HashMap<i64, bool>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.among(self.reader.get_database_backend(), films.iter().copied());
        let behind = order::is_behind(&mut conditions, sort, direction, place);
        let sql = format!(
            "SELECT m.id, CAST(CASE WHEN {behind} THEN 1 ELSE 0 END AS bigint) AS behind FROM movies m{}",
            conditions.sql()
        );
        let rows = all(&self.reader, sql, conditions.values).await?;
        rows.iter().map(|row| Ok((get(row, "id")?, get::<i64>(row, "behind")? == 1))).collect()
    }
}

/// The films whose documents have the words, on PostgreSQL: each as its id, with the number of its grade in the bits above. Grade
/// 0, the title itself, is not told. Everything is read from the document that was found; looking for the films of
/// each grade would read most of them as often. Most films are of the last grade, so that is asked first.
pub(super) fn documents(terms: &SearchTerms, which: &str) -> Bound {
    let mut values: Vec<Value> = Vec::new();
    let mut matching = |parts, ends| {
        values.push(tsquery(terms, parts, ends).into());
        format!("s.document @@ ${}::tsquery", values.len())
    };
    let found = matching(Parts::All, Ends::Open);
    let mut cases = vec![format!("WHEN NOT {} THEN 5", matching(Parts::Names, Ends::Open))];
    for (number, (parts, ends)) in (1..).zip(GRADES).take(3) {
        cases.push(format!("WHEN {} THEN {number}", matching(parts, ends)));
    }
    let cases = cases.join(" ");
    let sql = format!(
        "SELECT (CASE {cases} ELSE 4 END)::bigint << {GRADE} | s.movie_id AS id
         FROM movie_search s WHERE {found}{which}"
    );
    (sql, values)
}

/// The films that have the words, and the numbers of their grades, on SQLite.
pub(super) fn fts(terms: &SearchTerms) -> Bound {
    let mut values: Vec<Value> = vec![terms.phrase.as_str().into()];
    let mut matching = |parts, ends| {
        values.push(fts_match(terms, parts, ends).into());
        format!("m.id IN (SELECT rowid FROM movie_search WHERE movie_search MATCH ${})", values.len())
    };
    let mut cases = vec!["WHEN m.sort_key = $1 THEN 0".to_owned()];
    for (number, (parts, ends)) in (1..).zip(GRADES) {
        cases.push(format!("WHEN {} THEN {number}", matching(parts, ends)));
    }
    let (cases, found) = (cases.join(" "), matching(Parts::All, Ends::Open));
    let sql =
        format!("SELECT m.id, CAST(CASE {cases} ELSE 5 END AS integer) AS grade FROM movies m WHERE {found}");
    (sql, values)
}
