use async_trait::async_trait;
use domain::{
    catalogue::{
        Country, CountryCode, Movie, MovieDraft, MovieId, MoviePatch, MovieSummary, NameList, Named,
    },
    page::{Page, PageSize, Position},
    ports::{Added, CatalogueQueries, MovieRepository, StoreError},
};

use super::{MemoryStore, MemoryUnit, Rows, part};

impl Rows {
    fn named(&mut self, kind: &'static str, names: &NameList) -> Vec<Named> {
        names
            .as_slice()
            .iter()
            .map(|name| Named { id: self.name_id(kind, name.key()), name: name.to_string() })
            .collect()
    }

    fn country(&mut self, code: CountryCode) -> Country {
        Country { id: self.name_id("country", code.to_string()), code, name: code.iso_name().to_owned() }
    }

    fn name_id(&mut self, kind: &'static str, key: String) -> i64 {
        let known = self.names.iter().find(|known| (known.0, &known.1) == (kind, &key)).map(|known| known.2);
        known.unwrap_or_else(|| {
            let id = self.next_id();
            self.names.push((kind, key, id));
            id
        })
    }

    fn taken(&self, movie: &Movie) -> bool {
        let same =
            |known: &&Movie| known.id != movie.id && known.name == movie.name && known.date == movie.date;
        self.movies.iter().any(|known| same(&known))
    }

    fn add(&mut self, draft: &MovieDraft) -> Result<MovieId, StoreError> {
        let draft = draft.clone();
        let movie = Movie {
            id: MovieId(self.next_id()),
            country: self.country(draft.country),
            genres: self.named("genre", &draft.genres),
            actors: self.named("actor", &draft.actors),
            languages: self.named("language", &draft.languages),
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
            genres: patch.genres.map_or(movie.genres, |names| self.named("genre", &names)),
            actors: patch.actors.map_or(movie.actors, |names| self.named("actor", &names)),
            languages: patch.languages.map_or(movie.languages, |names| self.named("language", &names)),
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
            Added { added, already_there: drafts.len() - added }
        })
    }

    async fn lock(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        self.get(id).await
    }

    async fn update(&self, id: MovieId, patch: &MoviePatch) -> Result<(), StoreError> {
        self.write(|rows| {
            let Some(place) = rows.movies.iter().position(|movie| movie.id == id) else { return Ok(()) };
            let movie = rows.patched(rows.movies[place].clone(), patch.clone());
            if rows.taken(&movie) {
                return Err(StoreError::Conflict);
            }
            rows.movies[place] = movie;
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
    async fn movies(
        &self,
        position: Position<MovieId>,
        size: PageSize,
    ) -> Result<Page<MovieSummary>, StoreError> {
        let all = self.read(|rows| rows.movies.clone())?;
        let summary = |movie: &Movie| MovieSummary {
            id: movie.id,
            name: movie.name.clone(),
            date: movie.date,
            score: movie.score,
            overview: movie.overview.clone(),
        };
        let page = part(&all, position, size, |movie| movie.id);
        Ok(Page {
            items: page.items.iter().map(summary).collect(),
            has_more: page.has_more,
            total: page.total,
        })
    }

    async fn movie(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        self.read(|rows| rows.movies.iter().find(|movie| movie.id == id).cloned())
    }

    async fn count(&self) -> Result<i64, StoreError> {
        self.read(|rows| rows.movies.len() as i64)
    }
}
