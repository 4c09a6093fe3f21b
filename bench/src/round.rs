//! One round: measures everything once in sequence, so that other load on the machine affects all measurements alike.

use std::{
    env, slice,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};

use crate::{
    oha::{self, Effort},
    postgres::Postgres,
    process,
    report::Aim::{AtLeast, AtMost},
    report::Figures,
    server::{Server, Theater},
};

/// Path of the list of movies, and prefix of the path of a movie.
pub(crate) const MOVIES: &str = "/api/v1/theater/movies";
/// The movies that are requested without the cache.
const IDS: &str = "SELECT id FROM movies ORDER BY md5(id::text) LIMIT 20000";
/// Variables for pgbench: a range of ids. It must contain few gaps, or pgbench would often select no movie.
const RANGE: &str = "SELECT 'first=' || min(id), 'last=' || max(id) FROM movies
    HAVING count(*) * 100 >= (max(id) - min(id) + 1) * 99";
/// The account that logs in.
const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "Bench-Pass-1!";

/// Measures everything once. Returns the number of refused logins.
pub(crate) fn measure(
    postgres: &Postgres,
    theater: &Theater,
    effort: Effort,
    figures: &mut Figures,
) -> anyhow::Result<f64> {
    process::run(&mut theater.command(&["create-admin", EMAIL, "--password-stdin"]), PASSWORD)?;
    let movies: Vec<_> = postgres.sql(IDS)?.lines().map(|id| format!("{MOVIES}/{id}")).collect();
    let (list, movie) = (&[MOVIES.to_owned()], &movies[..1]);
    let cached = theater.serve(true)?;
    sleep(Duration::from_secs(2));
    let idle_mib = cached.process.memory_mib("VmRSS").context("/proc has no VmRSS")?;
    figures.figure("idle memory", "MiB", AtMost(50.0), idle_mib);
    figures.figure("start to ready", "s", AtMost(0.5), cached.ready_seconds);

    let bare = bare(theater, cached.body(MOVIES)?.len())?;
    let bare_rate = figures.rate("bare responder, a body as long as the first page", &bare, list, effort)?;
    let rate = figures.rate("first page from memory", &cached, list, effort)?;
    figures.figure("first page from memory ÷ bare responder", "", AtLeast(0.5), rate / bare_rate);
    let bare = self::bare(theater, cached.body(&movies[0])?.len())?;
    let bare_rate = figures.rate("bare responder, a body as long as a movie", &bare, movie, effort)?;
    let rate = figures.rate("movie from memory", &cached, movie, effort)?;
    figures.figure("movie from memory ÷ bare responder", "", AtLeast(0.5), rate / bare_rate);

    let uncached = theater.serve(false)?;
    let alone = postgres.rate("first_page.sql", &[], effort)?;
    figures.part("PostgreSQL alone, first page", "/s", alone);
    let rate = figures.rate("first page from the database", &uncached, list, effort)?;
    figures.figure("first page from the database ÷ PostgreSQL alone", "", AtLeast(0.25), rate / alone);
    let range = postgres.sql(RANGE)?;
    let (from, to) = range.split_once('|').context("the ids of the movies have gaps")?;
    let alone = postgres.rate("movie.sql", &[from, to], effort)?;
    figures.part("PostgreSQL alone, any movie", "/s", alone);
    let rate = figures.rate("any movie from the database", &uncached, &movies, effort)?;
    figures.figure("any movie from the database ÷ PostgreSQL alone", "", AtLeast(0.25), rate / alone);

    let mut median = |label, query| {
        let path = format!("{MOVIES}?{query}");
        let report = uncached.load(slice::from_ref(&path), Effort { connections: 1, ..effort })?;
        anyhow::Ok(figures.part(label, "ms", report.percentile_ms("p50")))
    };
    let pages = (postgres.count()? / 10).max(2);
    let cursor = cursor(&uncached, &(pages / 2).to_string())?;
    let first = median("page 1, half of the answers", "page=1".to_owned())?;
    let deep = median("deep page, half of the answers", format!("page={}", pages.min(5_000)))?;
    let half = median("page by cursor at half depth, half of the answers", format!("cursor={cursor}"))?;
    figures.figure("numbered page 5,000, half of the answers", "ms", AtMost(150.0), deep);
    figures.figure("time of a page by cursor at half depth ÷ of page 1", "", AtMost(1.3), half / first);
    log_in_and_read(&cached, &movies, figures)
}

/// A bare server whose response bodies have this number of bytes.
fn bare(theater: &Theater, bytes: usize) -> anyhow::Result<Server> {
    let program = env::current_exe()?;
    Server::start(theater.folder.join("bare.log"), "/", |port| {
        let mut command = process::command(program);
        command.args(["bare", "--bytes", &bytes.to_string(), "--port", &port.to_string()]);
        command
    })
}

/// The `next_cursor` of a page.
pub(crate) fn cursor(server: &Server, page: &str) -> anyhow::Result<String> {
    let body: serde_json::Value = serde_json::from_str(&server.body(&format!("{MOVIES}?page={page}"))?)?;
    Ok(body["next_cursor"].as_str().with_context(|| format!("page {page} has no next_cursor"))?.to_owned())
}

/// Begins 150 logins at once, and 50 reads a second until these end. Returns the number of refused logins.
fn log_in_and_read(server: &Server, movies: &[String], figures: &mut Figures) -> anyhow::Result<f64> {
    let bcrypt = figures.part("bcrypt at cost 12 on all cores", "/s", hashes_per_second()?);
    // A read is timed from its scheduled start.
    let file = server.url_file(movies)?;
    let schedule = ["-q", "50", "--latency-correction", "-c", "16", "-z", "10m", "--urls-from-file", &file];
    let reads = oha::start(&schedule)?;
    let body = format!(r#"{{"email": "{EMAIL}", "password": "{PASSWORD}"}}"#);
    let url = format!("{}/api/v1/accounts/login", server.url);
    let post = ["-n", "150", "-c", "150", "-m", "POST", "-T", "application/json", "-d", &body, &url];
    let logins = oha::report(oha::start(&post)?)?.expect(&["201", "503"])?;
    let reads = oha::stop(reads)?.expect(&["200"])?;
    figures.figure("reads while 150 log in, 99 of 100", "ms", AtMost(50.0), reads.percentile_ms("p99"));
    let rate = figures.part("logins", "/s", logins.per_second("201"));
    figures.figure("logins ÷ what bcrypt allows", "", AtLeast(0.9), rate / bcrypt);
    Ok(logins.count("503"))
}

/// The rate at which bcrypt alone hashes passwords on all cores at the cost that is the service's default.
fn hashes_per_second() -> anyhow::Result<f64> {
    let begun = Instant::now();
    let hash = |_| thread::spawn(|| (0..5).try_for_each(|_| bcrypt::hash(PASSWORD, 12).map(|_| ())));
    let mut hashes = 0.0;
    for thread in (0..thread::available_parallelism()?.get()).map(hash).collect::<Vec<_>>() {
        thread.join().map_err(|_| anyhow!("hashing panicked"))??;
        hashes += 5.0;
    }
    Ok(hashes / begun.elapsed().as_secs_f64())
}
