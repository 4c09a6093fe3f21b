//! A part of the list of films.

use domain::{
    catalogue::{Direction, MovieCursor, MovieFilter, MovieId, MovieOrder, MovieSort, MovieSummary, SortKey},
    page::{Page, PageSize, Position},
    ports::{CatalogueQueries, MoviePage, StoreError},
};
use sea_orm::{ConnectionTrait, DatabaseBackend, QueryResult, Value};

use super::{
    all,
    conditions::Conditions,
    get,
    id_lists::{IdList, Kind},
    list, order, read_movie, search,
    searched::Bound,
};
use crate::Store;

/// From so many skipped films on, a page is taken from the ids of the whole list.
const DEEP: i64 = 1_000;

/// What a list shows of a film, and what it is sorted by.
fn columns(sort: MovieSort) -> &'static str {
    match sort {
        MovieSort::Id | MovieSort::Date | MovieSort::Score => "m.id, m.name, m.date, m.score, m.overview",
        MovieSort::Name => "m.id, m.name, m.date, m.score, m.overview, m.sort_key",
        MovieSort::Budget => "m.id, m.name, m.date, m.score, m.overview, m.budget",
        MovieSort::Revenue => "m.id, m.name, m.date, m.score, m.overview, m.revenue",
    }
}

/// How often a list is read that changes meanwhile.
const TRIES: usize = 3;

/// A film and what it is sorted by.
type Found = (MovieSummary, SortKey);

impl Store {
    pub(super) async fn list_movies(
        &self,
        filter: &MovieFilter,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
    ) -> Result<MoviePage, StoreError> {
        for _ in 0..TRIES {
            if let Some(page) = self.list_once(filter, order, position.clone(), size).await? {
                return Ok(page);
            }
            // News of the change is on its way.
            self.id_lists.clear();
        }
        Err(StoreError::Unavailable("the catalogue changes faster than its lists are read".into()))
    }

    /// A part of a list, or nothing where a list of ids turns out to be out of date.
    async fn list_once(
        &self,
        filter: &MovieFilter,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
    ) -> Result<Option<MoviePage>, StoreError> {
        // Before anything is read: what is read may be newer than this, never older.
        let generation = self.news.generation();
        let terms = match &filter.search {
            Some(query) => Some(search::terms(&self.reader, query, self.has_trigrams().await?).await?),
            None => None,
        };
        let Some(conditions) = Conditions::of(&self.reader, filter).await? else {
            return Ok(Some(nothing(&position)));
        };
        match (order, &terms) {
            (order, Some(terms)) => self.searched(conditions, terms, order, position, size, generation).await,
            (MovieOrder::By(sort, direction), None) => {
                self.sorted(conditions, (sort, direction), position, size, generation).await
            }
            (MovieOrder::Relevance, None) => Ok(Some(nothing(&position))),
        }
    }

    async fn sorted(
        &self,
        mut conditions: Conditions,
        (sort, direction): (MovieSort, Direction),
        position: Position<MovieCursor>,
        size: PageSize,
        generation: u64,
    ) -> Result<Option<MoviePage>, StoreError> {
        let by = MovieOrder::By(sort, direction);
        let number = match position {
            Position::After(place) => {
                order::behind(&mut conditions, sort, direction, &place);
                // One more than asked for tells whether there is more.
                let sql = part_of(&conditions, sort, direction, size.get() + 1, 0);
                let mut found = found(&self.films(sql, conditions.values).await?, by)?;
                let has_more = found.len() > as_count(size.get());
                found.truncate(as_count(size.get()));
                return Ok(Some(page(by, found, has_more, None)));
            }
            Position::Page(number) => number,
        };
        let offset = number.offset(size);
        if offset >= DEEP {
            return self.deep(conditions, (sort, direction), offset, size, generation).await;
        }
        if conditions.is_open() {
            return self.first_pages((sort, direction), offset, size).await.map(Some);
        }
        let total = self.count_of(&conditions, generation).await?;
        let sql = part_of(&conditions, sort, direction, size.get(), offset);
        let found = found(&self.films(sql, conditions.values).await?, by)?;
        let has_more = !found.is_empty() && offset.saturating_add(as_number(found.len())) < total;
        Ok(Some(page(by, found, has_more, Some(total))))
    }

    /// The list of all films needs one query: the page's ids come from the index alone, so the rows before the page are
    /// never read; the total stands beside them, once, even where the page is empty.
    async fn first_pages(
        &self,
        (sort, direction): (MovieSort, Direction),
        offset: i64,
        size: PageSize,
    ) -> Result<MoviePage, StoreError> {
        let by = MovieOrder::By(sort, direction);
        let sql = part_of_all(sort, direction, size.get(), offset);
        let rows = all(&self.reader, sql, vec![]).await?;
        let total = rows.first().map_or(Ok(0), |row| get::<i64>(row, "total"))?;
        let found = found(&rows, by)?;
        let has_more = !found.is_empty() && offset.saturating_add(as_number(found.len())) < total;
        Ok(page(by, found, has_more, Some(total)))
    }

    /// A page far behind: its ids are taken from the list of all ids.
    async fn deep(
        &self,
        conditions: Conditions,
        (sort, direction): (MovieSort, Direction),
        offset: i64,
        size: PageSize,
        generation: u64,
    ) -> Result<Option<MoviePage>, StoreError> {
        let inner =
            format!("SELECT m.id FROM movies m{}{}", conditions.sql(), order::order_by(sort, direction));
        let name = self.id_lists.name(&inner, &conditions.values);
        if self.id_lists.known(name, generation).is_none() {
            // Whether there is such a page is known without reading the list.
            let total = if conditions.is_open() {
                self.count().await?
            } else {
                self.count_of(&conditions, generation).await?
            };
            if offset >= total {
                return Ok(Some(page(MovieOrder::By(sort, direction), Vec::new(), false, Some(total))));
            }
        }
        let read = || async { Ok(IdList::ungraded(self.read_ids((inner, conditions.values)).await?)) };
        let ids = self.id_lists.list(Kind::Sorted, name, generation, read).await?;
        self.part(MovieOrder::By(sort, direction), &ids, as_count(offset), size, true).await
    }

    /// These ids' films, from an offset on, or nothing where they are not what they were when the list was read.
    pub(super) async fn part(
        &self,
        order: MovieOrder,
        ids: &IdList,
        offset: usize,
        size: PageSize,
        is_numbered: bool,
    ) -> Result<Option<MoviePage>, StoreError> {
        let size = as_count(size.get());
        // One more than asked for: with it the last one can be seen to stand where it belongs.
        let wanted = ids.part(offset, size + 1);
        let mut found = Vec::with_capacity(wanted.len());
        if !wanted.is_empty() {
            let columns = match order {
                MovieOrder::By(sort, _) => columns(sort),
                MovieOrder::Relevance => columns(MovieSort::Id),
            };
            let sql = format!("SELECT {columns} FROM movies m WHERE m.id IN ({})", list(wanted.len()));
            let values: Vec<Value> = wanted.iter().map(|(_, id)| (*id).into()).collect();
            let rows = all(&self.reader, sql, values).await?;
            for (grade, id) in &wanted {
                for row in &rows {
                    if get::<i64>(row, "id")? == *id {
                        let key = match order {
                            MovieOrder::Relevance => SortKey::Relevance(*grade),
                            MovieOrder::By(..) => order::key(row, order)?,
                        };
                        found.push((summary(row)?, key));
                    }
                }
            }
            if found.len() < wanted.len() || !are_sorted(&found, order) {
                return Ok(None);
            }
        }
        found.truncate(size);
        let total = is_numbered.then(|| as_number(ids.len()));
        Ok(Some(page(order, found, wanted.len() > size, total)))
    }

    async fn count_of(&self, conditions: &Conditions, generation: u64) -> Result<i64, StoreError> {
        if let Some(count) = conditions.known_count {
            return Ok(count);
        }
        let sql = format!("SELECT count(*) AS films FROM movies m{}", conditions.sql());
        let name = self.id_lists.name(&sql, &conditions.values);
        if let Some(count) = self.id_lists.count(name, generation) {
            return Ok(count);
        }
        let rows = self.films(sql, conditions.values.clone()).await?;
        let count = rows.first().map_or(Ok(0), |row| get(row, "films"))?;
        self.id_lists.keep_count(name, generation, count);
        Ok(count)
    }

    /// What a statement with these values finds, planned for them.
    async fn films(&self, sql: String, values: Vec<Value>) -> Result<Vec<QueryResult>, StoreError> {
        // Without values a plan that is kept is as good as a new one.
        if values.is_empty() {
            all(&self.reader, sql, values).await
        } else {
            self.reader.planned(sql, values).await
        }
    }

    /// The ids that a query finds.
    pub(super) async fn read_ids(&self, (sql, values): Bound) -> Result<Vec<i64>, StoreError> {
        let rows = self.films(self.ids_of(&sql), values).await?;
        rows.first().map_or(Ok(Vec::new()), |row| self.ids_in(row))
    }

    /// All ids that a query finds, in one value: a million rows would take a hundred times as much on their way.
    pub(super) fn ids_of(&self, inner: &str) -> String {
        if self.reader.get_database_backend() == DatabaseBackend::Postgres {
            format!("SELECT string_agg(int8send(id), ''::bytea) AS ids FROM ({inner}) found")
        } else {
            format!("SELECT group_concat(id) AS ids FROM ({inner}) found")
        }
    }

    pub(super) fn ids_in(&self, row: &QueryResult) -> Result<Vec<i64>, StoreError> {
        if self.reader.get_database_backend() == DatabaseBackend::Postgres {
            let bytes = get::<Option<Vec<u8>>>(row, "ids")?.unwrap_or_default();
            Ok(bytes.as_chunks().0.iter().map(|id| i64::from_be_bytes(*id)).collect())
        } else {
            let text = get::<Option<String>>(row, "ids")?.unwrap_or_default();
            Ok(text.split(',').filter_map(|id| id.parse().ok()).collect())
        }
    }
}

/// A part of the films that conditions allow. Limits are written out, not bound: a planner that does not know how few rows
/// are wanted plans for many, and does so each time anew.
pub(super) fn part_of(
    conditions: &Conditions,
    sort: MovieSort,
    direction: Direction,
    limit: i64,
    offset: i64,
) -> String {
    let (columns, wheres, order_by) = (columns(sort), conditions.sql(), order::order_by(sort, direction));
    format!("SELECT {columns} FROM movies m{wheres}{order_by} LIMIT {limit} OFFSET {offset}")
}

/// A part of all films, with the total.
pub(super) fn part_of_all(sort: MovieSort, direction: Direction, limit: i64, offset: i64) -> String {
    let (columns, order_by) = (columns(sort), order::order_by(sort, direction));
    format!(
        "SELECT t.movies AS total, {columns}
         FROM catalogue_totals t
         LEFT JOIN movies m ON m.id IN (SELECT m.id FROM movies m{order_by} LIMIT {limit} OFFSET {offset}){order_by}"
    )
}

pub(super) fn nothing(position: &Position<MovieCursor>) -> MoviePage {
    let total = matches!(position, Position::Page(_)).then_some(0);
    MoviePage { page: Page { items: Vec::new(), has_more: false, total }, next: None }
}

fn page(order: MovieOrder, found: Vec<Found>, has_more: bool, total: Option<i64>) -> MoviePage {
    let last = found.last().filter(|_| has_more);
    let next = last.map(|(movie, key)| MovieCursor { order, key: key.clone(), id: movie.id });
    let items = found.into_iter().map(|(movie, _)| movie).collect();
    MoviePage { page: Page { items, has_more, total }, next }
}

/// Whether films stand in their order. Films without a name that could be sorted are where their database puts them.
fn are_sorted(found: &[Found], order: MovieOrder) -> bool {
    let MovieOrder::By(_, direction) = order else { return true };
    let follows = |(one, key): &Found, (other, next): &Found| {
        let nameless = |key: &SortKey| matches!(key, SortKey::Name(name) if name.is_empty());
        nameless(key)
            || nameless(next)
            || match direction {
                Direction::Ascending => (key, one.id) < (next, other.id),
                Direction::Descending => (key, one.id) > (next, other.id),
            }
    };
    found.windows(2).all(|pair| follows(&pair[0], &pair[1]))
}

fn found(rows: &[QueryResult], order: MovieOrder) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        // The total of an empty page stands alone.
        if get::<Option<i64>>(row, "id")?.is_some() {
            found.push((summary(row)?, order::key(row, order)?));
        }
    }
    Ok(found)
}

fn summary(row: &QueryResult) -> Result<MovieSummary, StoreError> {
    Ok(MovieSummary {
        id: MovieId(get(row, "id")?),
        name: read_movie::name(row)?,
        date: read_movie::date(row)?,
        score: read_movie::score(row)?,
        overview: read_movie::overview(row)?,
    })
}

pub(super) fn as_count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn as_number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
