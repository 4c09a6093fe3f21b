//! One round: everything once, one after the other, so that what else happens on the machine meets all alike.

use std::{
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use tokio::time::sleep;

use crate::{
    Options,
    bare::Responder,
    figures::median,
    http,
    load::{self, Effort},
    logins, pgbench,
    server::{Cache, Server},
    stage::{ACCOUNT, Stage},
};

const LIST: &str = "/api/v1/theater/movies";
/// How many movies the page of the list holds that is asked for.
const PAGE_SIZE: i64 = 10;
/// The page that is deep, if there are as many.
const DEEP_PAGE: i64 = 5_000;
/// How many different movies are asked for, one after the other, where nothing comes from memory.
const DIFFERENT_MOVIES: u32 = 20_000;
/// How long a service may settle before its idle memory is read.
const SETTLE: Duration = Duration::from_secs(2);
/// The service's default, and what the time of one hash is measured with.
const BCRYPT_COST: u32 = 12;
/// How many hashes give the time of one.
const HASHES: usize = 5;

/// What is asked in each round.
#[derive(Debug)]
pub(crate) struct Questions {
    first_page: PathBuf,
    page_one: PathBuf,
    deep_page: PathBuf,
    movie: PathBuf,
    movies: PathBuf,
    reads: PathBuf,
    deep_path: String,
    page_bytes: usize,
    movie_bytes: usize,
    first_id: i64,
    last_id: i64,
}

/// What a round gave. Rates are answers in a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) ready_seconds: f64,
    pub(crate) idle_mib: f64,
    pub(crate) bare_page: f64,
    pub(crate) cached_page: f64,
    pub(crate) bare_movie: f64,
    pub(crate) cached_movie: f64,
    pub(crate) postgres_page: f64,
    pub(crate) uncached_page: f64,
    pub(crate) postgres_movie: f64,
    pub(crate) uncached_movie: f64,
    pub(crate) page_one_ms: f64,
    pub(crate) deep_page_ms: f64,
    pub(crate) first_deep_page_ms: f64,
    pub(crate) hash_seconds: f64,
    pub(crate) logins: f64,
    pub(crate) logins_refused: usize,
    pub(crate) read_p99_ms: f64,
}

impl Questions {
    /// Looks into the catalogue for what can be asked.
    pub(crate) async fn prepare(stage: &Stage, movie_count: i64) -> anyhow::Result<Self> {
        let first_id: i64 = stage.postgres.sql("SELECT min(id) FROM movies").await?.parse()?;
        let last_id: i64 = stage.postgres.sql("SELECT max(id) FROM movies").await?.parse()?;
        let ids_between = last_id - first_id + 1;
        ensure!(
            movie_count * 100 >= ids_between * 99,
            "{movie_count} movies have {ids_between} ids between them, so pgbench would often ask for nothing"
        );
        let ids = format!("SELECT id FROM movies ORDER BY md5(id::text) LIMIT {DIFFERENT_MOVIES}");
        let ids = stage.postgres.sql(&ids).await?;
        let movies: Vec<_> = ids.lines().map(|id| format!("{LIST}/{id}")).collect();
        let movie = movies.first().context("there are no movies")?.clone();
        let deep_path = format!("{LIST}?page={}", DEEP_PAGE.min((movie_count / PAGE_SIZE).max(1)));

        let server = stage.theater.serve(Cache::Off).await?;
        let page_bytes = body_bytes(&server, LIST).await?;
        let movie_bytes = body_bytes(&server, &movie).await?;
        server.stop().await?;

        let reads = [LIST].into_iter().chain(movies.iter().map(String::as_str));
        Ok(Self {
            first_page: stage.write_lines("first_page.paths", [LIST])?,
            page_one: stage.write_lines("page_one.paths", [format!("{LIST}?page=1").as_str()])?,
            deep_page: stage.write_lines("deep_page.paths", [deep_path.as_str()])?,
            movie: stage.write_lines("movie.paths", [movie.as_str()])?,
            movies: stage.write_lines("movies.paths", movies.iter().map(String::as_str))?,
            reads: stage.write_lines("reads.paths", reads)?,
            deep_path,
            page_bytes,
            movie_bytes,
            first_id,
            last_id,
        })
    }
}

/// How long the body of an answer is.
async fn body_bytes(server: &Server, path: &str) -> anyhow::Result<usize> {
    let (status, body) = http::fetch(server.address, path).await?;
    ensure!(status == 200, "{path} was answered with status {status}");
    Ok(body.len())
}

impl Round {
    /// Measures everything once.
    pub(crate) async fn measure(stage: &Stage, asked: &Questions, options: &Options) -> anyhow::Result<Self> {
        let all = Effort { connections: options.connections, seconds: options.seconds };
        let one = Effort { connections: 1, ..all };
        let cached = stage.theater.serve(Cache::On).await?;
        let ready_seconds = cached.ready_after.as_secs_f64();
        sleep(SETTLE).await;
        let idle_mib = cached.memory_mib()?;
        let uncached = stage.theater.serve(Cache::Off).await?;
        // Before anybody has asked for it: later the ids of the list are known.
        let first_deep_page_ms = first_time(&uncached, asked).await?;
        let (page, movie) =
            (Responder::start(asked.page_bytes).await?, Responder::start(asked.movie_bytes).await?);

        let bare_page = rate(page.address, &asked.first_page, all).await.context("a bare page")?;
        let cached_page =
            rate(cached.address, &asked.first_page, all).await.context("the first page from memory")?;
        let bare_movie = rate(movie.address, &asked.movie, all).await.context("a bare movie")?;
        let cached_movie = rate(cached.address, &asked.movie, all).await.context("a movie from memory")?;

        let page_variables = [("size", PAGE_SIZE), ("offset", 0)];
        let postgres_page =
            pgbench::measure(&stage.postgres, pgbench::FIRST_PAGE, &page_variables, all).await?;
        let uncached_page = rate(uncached.address, &asked.first_page, all)
            .await
            .with_context(|| format!("the first page from the database: {}", uncached.said()))?;
        let movie_variables = [("first", asked.first_id), ("last", asked.last_id)];
        let postgres_movie = pgbench::measure(&stage.postgres, pgbench::MOVIE, &movie_variables, all).await?;
        let uncached_movie = rate(uncached.address, &asked.movies, all)
            .await
            .with_context(|| format!("movies from the database: {}", uncached.said()))?;

        let page_one = load::measure(uncached.address, &asked.page_one, one).await.context("page 1")?;
        let deep_page =
            load::measure(uncached.address, &asked.deep_page, one).await.context("a deep page")?;

        let hash_seconds = one_hash().await?;
        let logins = logins::measure(cached.address, ACCOUNT, &asked.reads).await?;
        cached.stop().await?;
        uncached.stop().await?;
        Ok(Self {
            ready_seconds,
            idle_mib,
            bare_page,
            cached_page,
            bare_movie,
            cached_movie,
            postgres_page,
            uncached_page,
            postgres_movie,
            uncached_movie,
            page_one_ms: page_one.latency.p50_ms,
            deep_page_ms: deep_page.latency.p50_ms,
            first_deep_page_ms,
            hash_seconds,
            logins: logins.logins_per_second,
            logins_refused: logins.refused,
            read_p99_ms: logins.reads.p99_ms,
        })
    }
}

/// How many answers a server gives in a second.
async fn rate(server: SocketAddr, paths: &Path, effort: Effort) -> anyhow::Result<f64> {
    load::measure(server, paths, effort).await.map(|outcome| outcome.per_second)
}

/// How long the deep page takes the first time that a service is asked for it, in milliseconds.
async fn first_time(server: &Server, asked: &Questions) -> anyhow::Result<f64> {
    // The service connects to its database when it is first asked; that is not what is measured.
    body_bytes(server, LIST).await?;
    let begun = Instant::now();
    body_bytes(server, &asked.deep_path).await?;
    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
}

/// How long one password hash takes while nothing else happens, in seconds.
async fn one_hash() -> anyhow::Result<f64> {
    let hashing = tokio::task::spawn_blocking(|| {
        let mut times = Vec::with_capacity(HASHES);
        for _ in 0..HASHES {
            let begun = Instant::now();
            bcrypt::hash(ACCOUNT.password, BCRYPT_COST).context("bcrypt refuses to hash")?;
            times.push(begun.elapsed().as_secs_f64());
        }
        anyhow::Ok(median(&times))
    });
    hashing.await.context("hashing panicked")?
}

/// How many passwords could be hashed at once.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
