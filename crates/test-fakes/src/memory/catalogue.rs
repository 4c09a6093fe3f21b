use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::{
    caseless_key,
    catalogue::{
        Added, CatalogueQueries, CatalogueUnit, Country, CountryCode, Movie, MovieCursor, MovieDraft,
        MovieFilter, MovieId, MovieOrder, MoviePage, MoviePatch, MovieRepository, MovieSummary, NameList,
        Named, Relevance, SearchQuery, SearchTerms, SearchText, SortKey, Taxonomy, TaxonomyCursor,
        TaxonomyEntry, TaxonomyEntryDraft, TaxonomyEntryId, TaxonomyEntryPatch, TaxonomyRepository,
        corrections, folded, may_be_mistyped,
    },
    page::{Page, PageSize, Position},
    store::{Begin, StoreError},
};

use super::{MemoryStore, MemoryUnit, Rows};

impl Rows {
    fn named(&mut self, kind: Taxonomy, names: &NameList) -> Vec<Named> {
        names
            .as_slice()
            .iter()
            .map(|name| {
                let one = self.taxonomy_entry_of(kind, name.as_str(), None);
                Named { id: one.id, name: one.name }
            })
            .collect()
    }

    fn country(&mut self, code: CountryCode) -> Country {
        let one = self.taxonomy_entry_of(Taxonomy::Country, code.iso_name(), Some(code));
        Country { id: one.id, code, name: one.name }
    }

    fn taxonomy_entry_of(&mut self, kind: Taxonomy, name: &str, code: Option<CountryCode>) -> TaxonomyEntry {
        let same = |one: &TaxonomyEntry| match code {
            Some(_) => one.code == code,
            None => caseless_key(&one.name) == caseless_key(name),
        };
        let known = self.taxonomies.iter().find(|(known, one)| *known == kind && same(one));
        if let Some((_, one)) = known {
            return one.clone();
        }
        let one = TaxonomyEntry { id: self.next_id(), code, name: name.to_owned(), movie_count: 0 };
        self.taxonomies.push((kind, one.clone()));
        one
    }

    fn taken(&self, movie: &Movie) -> bool {
        let same = |known: &&Movie| {
            known.id != movie.id && known.name.key() == movie.name.key() && known.date == movie.date
        };
        self.movies.iter().any(|known| same(&known))
    }

    fn add(&mut self, draft: &MovieDraft) -> Result<MovieId, StoreError> {
        let draft = draft.clone();
        let movie = Movie {
            id: MovieId(self.next_id()),
            country: self.country(draft.country),
            genres: self.named(Taxonomy::Genre, &draft.genres),
            actors: self.named(Taxonomy::Actor, &draft.actors),
            languages: self.named(Taxonomy::Language, &draft.languages),
            name: draft.name,
            date: draft.date,
            score: draft.score,
            overview: draft.overview,
            status: draft.status,
            budget: draft.budget,
            revenue: draft.revenue,
        };
        if self.taken(&movie) {
            return Err(StoreError::Conflict);
        }
        let id = movie.id;
        self.movies.push(movie);
        Ok(id)
    }

    fn patched(&mut self, movie: Movie, patch: MoviePatch) -> Movie {
        Movie {
            id: movie.id,
            name: patch.name.unwrap_or(movie.name),
            date: patch.date.unwrap_or(movie.date),
            score: patch.score.unwrap_or(movie.score),
            overview: patch.overview.unwrap_or(movie.overview),
            status: patch.status.unwrap_or(movie.status),
            budget: patch.budget.unwrap_or(movie.budget),
            revenue: patch.revenue.unwrap_or(movie.revenue),
            country: patch.country.map_or(movie.country, |code| self.country(code)),
            genres: patch.genres.map_or(movie.genres, |names| self.named(Taxonomy::Genre, &names)),
            actors: patch.actors.map_or(movie.actors, |names| self.named(Taxonomy::Actor, &names)),
            languages: patch
                .languages
                .map_or(movie.languages, |names| self.named(Taxonomy::Language, &names)),
        }
    }
}

#[async_trait]
impl MovieRepository for MemoryUnit {
    async fn add(&self, draft: &MovieDraft) -> Result<MovieId, StoreError> {
        self.write(|rows| rows.add(draft))?
    }

    async fn add_missing(&self, drafts: &[MovieDraft]) -> Result<Added, StoreError> {
        self.write(|rows| {
            let added = drafts.iter().filter(|draft| rows.add(draft).is_ok()).count();
            Added { added, existing: drafts.len() - added }
        })
    }

    async fn lock(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        MovieRepository::get(self, id).await
    }

    async fn update(&self, id: MovieId, patch: &MoviePatch) -> Result<(), StoreError> {
        self.write(|rows| {
            let Some(index) = rows.movies.iter().position(|movie| movie.id == id) else { return Ok(()) };
            let movie = rows.patched(rows.movies[index].clone(), patch.clone());
            if rows.taken(&movie) {
                return Err(StoreError::Conflict);
            }
            rows.movies[index] = movie;
            Ok(())
        })?
    }

    async fn remove(&self, id: MovieId) -> Result<(), StoreError> {
        self.write(|rows| rows.movies.retain(|movie| movie.id != id))
    }

    async fn get(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        self.write(|rows| rows.movies.iter().find(|movie| movie.id == id).cloned())
    }
}

#[async_trait]
impl CatalogueQueries for MemoryStore {
    /// Applies the filter and the order to each movie.
    async fn movies(
        &self,
        filter: &MovieFilter,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
    ) -> Result<MoviePage, StoreError> {
        let all = self.read(|rows| rows.movies.clone())?;
        let terms = filter.search.as_ref().map(|query| terms(query, &all));
        let relevance = |movie: &Movie| match &terms {
            Some(terms) => terms.relevance(movie.name.as_str(), &text(movie)),
            None => Some(Relevance::Anywhere),
        };
        let mut found: Vec<(SortKey, Movie)> = Vec::new();
        for movie in all.into_iter().filter(|movie| filter.allows(movie)) {
            let Some(relevance) = relevance(&movie) else { continue };
            let key = if order == MovieOrder::Relevance {
                SortKey::Relevance(relevance)
            } else {
                order.key(&movie)
            };
            found.push((key, movie));
        }
        found.sort_by(|(key, movie), (other_key, other)| {
            order.compare((key, movie.id), (other_key, other.id))
        });
        let (skip, total) = match position {
            Position::Page(number) => (number.offset(size) as usize, Some(found.len() as i64)),
            Position::After(cursor) => {
                let before = |(key, movie): &&(SortKey, Movie)| {
                    order.compare((key, movie.id), (&cursor.key, cursor.id)).is_le()
                };
                (found.iter().filter(before).count(), None)
            }
        };
        let part: Vec<_> = found.iter().skip(skip).take(size.get() as usize).collect();
        let has_more = skip.saturating_add(part.len()) < found.len() && !part.is_empty();
        let last = part.last().filter(|_| has_more);
        let next = last.map(|(key, movie)| MovieCursor { order, key: key.clone(), id: movie.id });
        let items = part.iter().map(|(_, movie)| MovieSummary::from(movie)).collect();
        Ok(MoviePage { page: Page { items, has_more, total }, next })
    }

    async fn movie(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        self.read(|rows| rows.movies.iter().find(|movie| movie.id == id).cloned())
    }

    async fn movies_in_full(&self, after: Option<MovieId>, limit: u64) -> Result<Vec<Movie>, StoreError> {
        let is_after = |movie: &&Movie| after.is_none_or(|after| movie.id > after);
        self.read(|rows| rows.movies.iter().filter(is_after).take(limit as usize).cloned().collect())
    }

    async fn taxonomies(
        &self,
        kind: Taxonomy,
        search: Option<&SearchQuery>,
        position: Position<TaxonomyCursor>,
        size: PageSize,
    ) -> Result<Page<TaxonomyEntry>, StoreError> {
        let mut all = self.read(|rows| rows.taxonomies(kind))?;
        let sort_key = |one: &TaxonomyEntry| (folded(&one.name), one.id);
        all.sort_by_key(sort_key);
        if let Some(search) = search {
            let words = search.phrase();
            all.retain(|one| !words.is_empty() && folded(&one.name).contains(words));
        }
        let (skip, total) = match position {
            Position::Page(number) => (number.offset(size) as usize, Some(all.len() as i64)),
            Position::After(after) => {
                (all.iter().filter(|one| sort_key(one) <= (after.name.clone(), after.id)).count(), None)
            }
        };
        let items: Vec<_> = all.iter().skip(skip).take(size.get() as usize).cloned().collect();
        Ok(Page { has_more: skip.saturating_add(items.len()) < all.len(), items, total })
    }

    async fn taxonomy_entry(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        self.read(|rows| rows.taxonomy_entry(id))
    }

    async fn count(&self) -> Result<i64, StoreError> {
        self.read(|rows| rows.movies.len() as i64)
    }
}

fn text(movie: &Movie) -> SearchText {
    let actors = movie.actors.iter().map(|actor| actor.name.as_str());
    SearchText::new(movie.name.as_str(), actors, movie.overview.as_str())
}

/// The terms of a query, with corrections from the words of these movies.
fn terms(query: &SearchQuery, movies: &[Movie]) -> SearchTerms {
    let texts: Vec<_> = movies.iter().map(text).collect();
    let known: BTreeSet<_> = texts.iter().flat_map(SearchText::words).map(str::to_owned).collect();
    let variants = |word: &str| {
        let is_known = known.iter().any(|known| known.starts_with(word));
        let is_useful = |known: &&String| {
            (4..=30).contains(&known.chars().count()) && known.chars().all(char::is_alphabetic)
        };
        let meant = if is_known || !may_be_mistyped(word) {
            Vec::new()
        } else {
            corrections(word, known.iter().filter(is_useful).cloned())
        };
        if meant.is_empty() { vec![word.to_owned()] } else { meant }
    };
    SearchTerms::new(query, variants)
}

impl Rows {
    fn taxonomies(&self, kind: Taxonomy) -> Vec<TaxonomyEntry> {
        self.taxonomies
            .iter()
            .filter(|(known, _)| *known == kind)
            .map(|(_, one)| self.counted(kind, one))
            .collect()
    }

    fn taxonomy_entry(&self, id: TaxonomyEntryId) -> Option<TaxonomyEntry> {
        let found = self.taxonomies.iter().find(|(kind, one)| (*kind, one.id) == (id.kind, id.id));
        found.map(|(_, one)| self.counted(id.kind, one))
    }

    fn counted(&self, kind: Taxonomy, one: &TaxonomyEntry) -> TaxonomyEntry {
        let id = TaxonomyEntryId { kind, id: one.id };
        let movie_count = self.movies.iter().filter(|movie| id.describes(movie)).count() as i64;
        TaxonomyEntry { movie_count, ..one.clone() }
    }

    fn is_taken(&self, kind: Taxonomy, id: i64, name: &str, code: Option<CountryCode>) -> bool {
        self.taxonomies.iter().any(|(known, one)| {
            let same = caseless_key(&one.name) == caseless_key(name) || (code.is_some() && one.code == code);
            *known == kind && one.id != id && same
        })
    }

    /// Copies the names and codes of entries into the movies.
    fn rename(&mut self, kind: Taxonomy) {
        let names: BTreeMap<_, _> =
            self.taxonomies(kind).into_iter().map(|one| (one.id, (one.name, one.code))).collect();
        for movie in &mut self.movies {
            let named = match kind {
                Taxonomy::Genre => &mut movie.genres,
                Taxonomy::Actor => &mut movie.actors,
                Taxonomy::Language => &mut movie.languages,
                Taxonomy::Country => {
                    if let Some((name, Some(code))) = names.get(&movie.country.id) {
                        movie.country = Country { id: movie.country.id, code: *code, name: name.clone() };
                    }
                    continue;
                }
            };
            for one in named {
                if let Some((name, _)) = names.get(&one.id) {
                    one.name.clone_from(name);
                }
            }
        }
    }
}

#[async_trait]
impl TaxonomyRepository for MemoryUnit {
    async fn add(&self, draft: &TaxonomyEntryDraft) -> Result<i64, StoreError> {
        self.write(|rows| {
            let code = match draft {
                TaxonomyEntryDraft::Country(code, _) => Some(*code),
                TaxonomyEntryDraft::Named(..) => None,
            };
            if rows.is_taken(draft.kind(), 0, draft.name(), code) {
                return Err(StoreError::Conflict);
            }
            let id = rows.next_id();
            let one = TaxonomyEntry { id, code, name: draft.name().to_owned(), movie_count: 0 };
            rows.taxonomies.push((draft.kind(), one));
            Ok(id)
        })?
    }

    async fn lock(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        self.write(|rows| rows.taxonomy_entry(id))
    }

    async fn update(&self, id: TaxonomyEntryId, patch: &TaxonomyEntryPatch) -> Result<(), StoreError> {
        self.write(|rows| {
            let Some(old) = rows.taxonomy_entry(id) else { return Ok(()) };
            let name = patch.name.as_ref().map_or(old.name, ToString::to_string);
            let code = patch.code.or(old.code);
            if rows.is_taken(id.kind, id.id, &name, code) {
                return Err(StoreError::Conflict);
            }
            for (kind, one) in &mut rows.taxonomies {
                if (*kind, one.id) == (id.kind, id.id) {
                    (one.name, one.code) = (name.clone(), code);
                }
            }
            rows.rename(id.kind);
            Ok(())
        })?
    }

    async fn merge(&self, from: TaxonomyEntryId, into: TaxonomyEntryId) -> Result<(), StoreError> {
        self.write(|rows| {
            for movie in &mut rows.movies {
                let named = match from.kind {
                    Taxonomy::Genre => &mut movie.genres,
                    Taxonomy::Actor => &mut movie.actors,
                    Taxonomy::Language => &mut movie.languages,
                    Taxonomy::Country => {
                        if movie.country.id == from.id {
                            movie.country.id = into.id;
                        }
                        continue;
                    }
                };
                let has_both = named.iter().any(|one| one.id == into.id);
                named.retain(|one| one.id != from.id || !has_both);
                for one in named.iter_mut().filter(|one| one.id == from.id) {
                    one.id = into.id;
                }
            }
            rows.rename(from.kind);
        })
    }

    async fn remove(&self, id: TaxonomyEntryId) -> Result<(), StoreError> {
        self.write(|rows| rows.taxonomies.retain(|(kind, one)| (*kind, one.id) != (id.kind, id.id)))
    }

    async fn get(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        self.write(|rows| rows.taxonomy_entry(id))
    }
}

#[async_trait]
impl Begin<dyn CatalogueUnit> for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn CatalogueUnit>, StoreError> {
        Ok(Box::new(self.unit().await?))
    }
}

impl CatalogueUnit for MemoryUnit {
    fn movies(&self) -> &dyn MovieRepository {
        self
    }

    fn taxonomies(&self) -> &dyn TaxonomyRepository {
        self
    }
}
