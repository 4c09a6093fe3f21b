//! One round: measures everything once in sequence, so that other load on the machine affects all measurements alike.

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
/// Number of movies on the requested page of the list.
const PAGE_SIZE: i64 = 10;
/// Number of the deep page, if the catalogue has that many pages.
const DEEP_PAGE: i64 = 5_000;
/// Number of different movies that are requested without the cache.
const DIFFERENT_MOVIES: u32 = 20_000;
/// Delay between the start of a service and the measurement of its idle memory.
const SETTLE: Duration = Duration::from_secs(2);
/// Cost of the measured hashes: the service's default.
const BCRYPT_COST: u32 = 12;
/// Number of hashes whose median duration is measured.
const HASHES: usize = 5;

/// The requests of each round.
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

/// Results of a round. Rates are responses per second.
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
    /// Selects the requests from the catalogue.
    pub(crate) async fn prepare(stage: &Stage, movie_count: i64) -> anyhow::Result<Self> {
        let first_id: i64 = stage.postgres.sql("SELECT min(id) FROM movies").await?.parse()?;
        let last_id: i64 = stage.postgres.sql("SELECT max(id) FROM movies").await?.parse()?;
        let ids_between = last_id - first_id + 1;
        ensure!(
            movie_count * 100 >= ids_between * 99,
            "{movie_count} movies span {ids_between} ids, so pgbench would often select no movie"
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

/// Length of the body of a response, in bytes.
async fn body_bytes(server: &Server, path: &str) -> anyhow::Result<usize> {
    let (status, body) = http::fetch(server.address, path).await?;
    ensure!(status == 200, "{path} was answered with status {status}");
    Ok(body.len())
}

impl Round {
    /// Measures everything once.
    pub(crate) async fn measure(
        stage: &Stage,
        requests: &Questions,
        options: &Options,
    ) -> anyhow::Result<Self> {
        let all = Effort { connections: options.connections, seconds: options.seconds };
        let one = Effort { connections: 1, ..all };
        let cached = stage.theater.serve(Cache::On).await?;
        let ready_seconds = cached.ready_after.as_secs_f64();
        sleep(SETTLE).await;
        let idle_mib = cached.memory_mib()?;
        let uncached = stage.theater.serve(Cache::Off).await?;
        // Measured before any other request for this page.
        let first_deep_page_ms = first_time(&uncached, requests).await?;
        let (page, movie) =
            (Responder::start(requests.page_bytes).await?, Responder::start(requests.movie_bytes).await?);

        let bare_page = rate(page.address, &requests.first_page, all).await.context("a bare page")?;
        let cached_page =
            rate(cached.address, &requests.first_page, all).await.context("the first page from memory")?;
        let bare_movie = rate(movie.address, &requests.movie, all).await.context("a bare movie")?;
        let cached_movie = rate(cached.address, &requests.movie, all).await.context("a movie from memory")?;

        let page_variables = [("size", PAGE_SIZE), ("offset", 0)];
        let postgres_page =
            pgbench::measure(&stage.postgres, pgbench::FIRST_PAGE, &page_variables, all).await?;
        let uncached_page = rate(uncached.address, &requests.first_page, all)
            .await
            .with_context(|| format!("the first page from the database: {}", uncached.said()))?;
        let movie_variables = [("first", requests.first_id), ("last", requests.last_id)];
        let postgres_movie = pgbench::measure(&stage.postgres, pgbench::MOVIE, &movie_variables, all).await?;
        let uncached_movie = rate(uncached.address, &requests.movies, all)
            .await
            .with_context(|| format!("movies from the database: {}", uncached.said()))?;

        let page_one = load::measure(uncached.address, &requests.page_one, one).await.context("page 1")?;
        let deep_page =
            load::measure(uncached.address, &requests.deep_page, one).await.context("a deep page")?;

        let hash_seconds = one_hash().await?;
        let logins = logins::measure(cached.address, ACCOUNT, &requests.reads).await?;
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

/// The response rate of a server, per second.
async fn rate(server: SocketAddr, paths: &Path, effort: Effort) -> anyhow::Result<f64> {
    load::measure(server, paths, effort).await.map(|outcome| outcome.per_second)
}

/// Response time of the first request for the deep page after a start, in milliseconds.
async fn first_time(server: &Server, requests: &Questions) -> anyhow::Result<f64> {
    // The service connects to its database on the first request, which is not measured.
    body_bytes(server, LIST).await?;
    let begun = Instant::now();
    body_bytes(server, &requests.deep_path).await?;
    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
}

/// Median duration of one password hash without other load, in seconds.
async fn one_hash() -> anyhow::Result<f64> {
    let hashing = tokio::task::spawn_blocking(|| {
        let mut times = Vec::with_capacity(HASHES);
        for _ in 0..HASHES {
            let begun = Instant::now();
            bcrypt::hash(ACCOUNT.password, BCRYPT_COST).context("bcrypt failed")?;
            times.push(begun.elapsed().as_secs_f64());
        }
        anyhow::Ok(median(&times))
    });
    hashing.await.context("hashing panicked")?
}

/// The number of cores, which is the number of passwords that can be hashed at once.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
