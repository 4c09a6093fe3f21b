//! The ids of whole lists, so that a page far behind costs what the first one costs.
//!
//! A database that skips rows still walks over them. The ids of a million films in one order take 8 MB here; they are read
//! when somebody asks for a page far behind, or for what a search finds, and forgotten as soon as the catalogue
//! changes.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{catalogue::Relevance, ports::StoreError};
use lru::LruCache;
use sea_orm::Value;
use tokio::time::timeout;

/// The most ids that are kept, of all lists together: 48 MiB.
const MAX_IDS: usize = 6 * 1024 * 1024;
/// The most counts that are kept.
const MAX_COUNTS: usize = 10_000;
/// How long somebody waits for others whose lists are being read.
const PATIENCE: Duration = Duration::from_secs(2);
/// For how long they are believed without news. The safety net for news that got lost.
const MAX_AGE: Duration = Duration::from_mins(1);

/// Ids in the order of a list. In an order by relevance each grade stands apart; elsewhere there is one.
#[derive(Debug)]
pub(crate) struct IdList {
    grades: Vec<(Relevance, Vec<i64>)>,
    read_at: Instant,
}

/// What is remembered of lists.
#[derive(Debug)]
pub(crate) struct IdLists {
    kept: Mutex<Kept>,
    /// One list of a kind is read at a time: they cost the database more than anything else.
    reading: [tokio::sync::Mutex<()>; 4],
    hashes: [RandomState; 2],
}

/// What a list is a list of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Films in the order of a property.
    Sorted,
    /// Films that conditions allow, in no order.
    Allowed,
    /// Films that have the words of a search.
    Ranked,
    /// What others are put together to. Whoever makes one of these may wait for the others, never the other way round.
    Arranged,
}

/// Stands for the statement of a list and its values, which may be long. Nobody outside can make two of them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ListName(u64, u64);

#[derive(Debug)]
struct Kept {
    lists: LruCache<ListName, Dated<Arc<IdList>>>,
    counts: LruCache<ListName, Dated<i64>>,
    ids: usize,
}

#[derive(Clone, Debug)]
struct Dated<T> {
    value: T,
    generation: u64,
    read_at: Instant,
}

impl<T: Clone> Dated<T> {
    fn at(&self, generation: u64) -> Option<T> {
        // One that was read later will do as well.
        let is_good = self.generation >= generation && self.read_at.elapsed() < MAX_AGE;
        is_good.then(|| self.value.clone())
    }
}

impl IdList {
    /// A list of these grades that was read now.
    pub(crate) fn new(mut grades: Vec<(Relevance, Vec<i64>)>) -> Self {
        grades.sort_by_key(|(grade, _)| *grade);
        for (_, ids) in &mut grades {
            ids.shrink_to_fit();
        }
        Self { grades, read_at: Instant::now() }
    }

    /// A list in the order of a property.
    pub(crate) fn ungraded(ids: Vec<i64>) -> Self {
        Self::new(vec![(Relevance::Anywhere, ids)])
    }

    /// The same list, made of what was read before.
    pub(crate) fn no_younger_than(mut self, other: &Self) -> Self {
        self.read_at = self.read_at.min(other.read_at);
        self
    }

    /// All of them.
    pub(crate) fn ids(&self) -> impl Iterator<Item = i64> {
        self.grades.iter().flat_map(|(_, ids)| ids).copied()
    }

    /// Those of them that are wanted, in the same order.
    pub(crate) fn only(&self, wanted: &HashSet<i64>) -> Self {
        let only = |ids: &[i64]| ids.iter().copied().filter(|id| wanted.contains(id)).collect();
        let grades = self.grades.iter().map(|(grade, ids)| (*grade, only(ids))).collect();
        Self::new(grades).no_younger_than(self)
    }

    pub(crate) fn len(&self) -> usize {
        self.grades.iter().map(|(_, ids)| ids.len()).sum()
    }

    /// So many ids from here on, with their grades.
    pub(crate) fn part(&self, offset: usize, limit: usize) -> Vec<(Relevance, i64)> {
        let mut part = Vec::new();
        let mut before = offset;
        for (grade, ids) in &self.grades {
            let start = before.min(ids.len());
            before -= start;
            let wanted = limit - part.len();
            part.extend(ids[start..].iter().take(wanted).map(|id| (*grade, *id)));
        }
        part
    }

    /// How many come before the place behind this id, in a list by relevance.
    pub(crate) fn behind(&self, grade: Relevance, id: i64) -> usize {
        let before = |(known, ids): &(Relevance, Vec<i64>)| match known.cmp(&grade) {
            std::cmp::Ordering::Less => ids.len(),
            // The newest film stands first.
            std::cmp::Ordering::Equal => ids.partition_point(|known| *known >= id),
            std::cmp::Ordering::Greater => 0,
        };
        self.grades.iter().map(before).sum()
    }
}

impl Default for IdLists {
    fn default() -> Self {
        let counts = LruCache::new(std::num::NonZeroUsize::MIN.saturating_add(MAX_COUNTS - 1));
        let kept = Kept { lists: LruCache::unbounded(), counts, ids: 0 };
        Self {
            kept: Mutex::new(kept),
            reading: Default::default(),
            hashes: [RandomState::new(), RandomState::new()],
        }
    }
}

impl IdLists {
    /// The name of what this statement finds with these values.
    pub(crate) fn name(&self, sql: &str, values: &[Value]) -> ListName {
        let text = format!("{sql} {values:?}");
        ListName(self.hashes[0].hash_one(&text), self.hashes[1].hash_one(&text))
    }

    /// The list of this name as it is in this generation; read it if it is not known.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] also where too many others are waited for.
    pub(crate) async fn list<R: Future<Output = Result<IdList, StoreError>>>(
        &self,
        kind: Kind,
        name: ListName,
        generation: u64,
        read: impl FnOnce() -> R,
    ) -> Result<Arc<IdList>, StoreError> {
        if let Some(known) = self.known(name, generation) {
            return Ok(known);
        }
        let alone = match kind {
            Kind::Sorted => &self.reading[0],
            Kind::Allowed => &self.reading[1],
            Kind::Ranked => &self.reading[2],
            Kind::Arranged => &self.reading[3],
        };
        let waiting = timeout(PATIENCE, alone.lock()).await;
        let _alone = waiting.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        // Somebody else may have read it meanwhile.
        if let Some(known) = self.known(name, generation) {
            return Ok(known);
        }
        let list = Arc::new(read().await?);
        let dated = Dated { value: list.clone(), generation, read_at: list.read_at };
        self.locked(|kept| kept.keep(name, dated));
        Ok(list)
    }

    /// The count of this name as it is in this generation.
    pub(crate) fn count(&self, name: ListName, generation: u64) -> Option<i64> {
        self.locked(|kept| kept.counts.get(&name)?.at(generation))
    }

    pub(crate) fn keep_count(&self, name: ListName, generation: u64, count: i64) {
        let dated = Dated { value: count, generation, read_at: Instant::now() };
        self.locked(|kept| kept.counts.put(name, dated));
    }

    /// Forgets every list.
    pub(crate) fn clear(&self) {
        self.locked(|kept| {
            kept.lists.clear();
            kept.ids = 0;
        });
    }

    pub(crate) fn known(&self, name: ListName, generation: u64) -> Option<Arc<IdList>> {
        self.locked(|kept| kept.lists.get(&name)?.at(generation))
    }

    fn locked<T>(&self, then: impl FnOnce(&mut Kept) -> T) -> T {
        then(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn keep(&mut self, name: ListName, list: Dated<Arc<IdList>>) {
        let length = list.value.len();
        let is_older = self.lists.peek(&name).is_some_and(|known| known.generation > list.generation);
        if length > MAX_IDS || is_older {
            return;
        }
        if let Some(old) = self.lists.put(name, list) {
            self.ids -= old.value.len();
        }
        self.ids += length;
        // A list of nothing takes room as well.
        while self.ids > MAX_IDS || self.lists.len() > MAX_COUNTS {
            let Some((_, oldest)) = self.lists.pop_lru() else { break };
            self.ids -= oldest.value.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: i64) -> IdList {
        IdList::new(vec![(Relevance::Anywhere, (0..count).collect())])
    }

    #[test]
    fn parts_and_places_go_through_the_grades() {
        let list = IdList::new(vec![(Relevance::Anywhere, vec![9, 2]), (Relevance::Title, vec![7, 5, 3])]);
        let ids = |part: Vec<(Relevance, i64)>| part.into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        assert_eq!((list.len(), ids(list.part(0, 10))), (5, vec![7, 5, 3, 9, 2]));
        assert_eq!((ids(list.part(2, 2)), ids(list.part(5, 2))), (vec![3, 9], vec![]));
        assert_eq!(list.part(2, 2)[1].0, Relevance::Anywhere);
        let places =
            [(Relevance::Title, 5), (Relevance::Title, 4), (Relevance::Title, 1), (Relevance::Anywhere, 9)];
        assert_eq!(places.map(|(grade, id)| list.behind(grade, id)), [2, 2, 3, 4]);
    }

    #[tokio::test]
    async fn a_list_is_read_once_in_each_generation() {
        let lists = IdLists::default();
        let name = lists.name("a", &[]);
        assert_ne!(name, lists.name("a", &[Value::from(1_i64)]));
        for (generation, length) in [(1, 5), (1, 5), (2, 7), (1, 7)] {
            let read = || async move { Ok(list(if generation == 1 { 5 } else { 7 })) };
            assert_eq!(lists.list(Kind::Sorted, name, generation, read).await.unwrap().len(), length);
        }
        let unread = || async { panic!("it is known") };
        assert_eq!(lists.list(Kind::Sorted, name, 2, unread).await.unwrap().len(), 7);
        lists.clear();
        assert!(lists.known(name, 2).is_none());
    }

    #[test]
    fn old_lists_make_room_for_new_ones() {
        let mut kept = Kept { lists: LruCache::unbounded(), counts: LruCache::unbounded(), ids: 0 };
        let large = i64::try_from(MAX_IDS / 2).unwrap();
        for name in [1, 2, 3, 3].map(|number| ListName(number, number)) {
            let value = Arc::new(list(large));
            kept.keep(name, Dated { value, generation: 1, read_at: Instant::now() });
        }
        assert_eq!((kept.lists.len(), kept.ids), (2, MAX_IDS));
        assert!(!kept.lists.contains(&ListName(1, 1)));
    }
}
