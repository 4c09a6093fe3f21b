//! A private PostgreSQL server with the measured catalogue, and its baselines: `pgbench` and COPY.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

use anyhow::{Context, ensure};

use crate::{oha::Effort, process, server, server::Theater};

/// The tables that an import writes, each after those that it references.
const TABLES: &str = "countries, genres, actors, languages, movies, movies_genres, actors_movies, movies_languages, movie_search, search_words";
/// Counts that must be equal after an import and after COPY of the same rows, including those that triggers maintain.
const CHECK: &str = "SELECT (SELECT movies FROM catalogue_totals), (SELECT count(*) FROM movies),
    (SELECT sum(movie_count) FROM genres), (SELECT count(*) FROM movie_search)";

/// A running server, which is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    /// A temporary folder, which is deleted with the server.
    pub(crate) folder: PathBuf,
    /// The `DATABASE_URL` of the service.
    pub(crate) url: String,
    script: Child,
}

impl Postgres {
    /// Starts a server and creates the service's database.
    pub(crate) fn start() -> anyhow::Result<Self> {
        eprintln!("starting PostgreSQL");
        let port = server::free_port()?.to_string();
        let mut command = Command::new("sh");
        // A process group of its own: Ctrl+C would end the script before it has stopped the server.
        command.args(["-c", include_str!("../postgres.sh"), "sh", &port]).process_group(0);
        let mut script = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut folder = String::new();
        BufReader::new(script.stdout.take().context("sh has no output")?).read_line(&mut folder)?;
        ensure!(!folder.is_empty(), "PostgreSQL did not start; the reason stands above");
        let server = format!("postgres://postgres@127.0.0.1:{port}");
        let postgres = Self { folder: folder.trim().into(), url: format!("{server}/theater"), script };
        process::run(process::command("psql").args([&server, "-qc", "CREATE DATABASE theater"]), "")?;
        Ok(postgres)
    }

    /// Runs a script with `psql`. Returns the rows, with columns separated by `|`.
    pub(crate) fn sql(&self, script: &str) -> anyhow::Result<String> {
        let mut command = process::command("psql");
        command.args([&self.url, "-XqAt", "-v", "ON_ERROR_STOP=1"]).current_dir(&self.folder);
        process::run(&mut command, script)
    }

    /// The number of movies.
    pub(crate) fn count(&self) -> anyhow::Result<i64> {
        Ok(self.sql("SELECT count(*) FROM movies")?.parse()?)
    }

    /// The rate at which PostgreSQL alone executes a statement of bench/sql, per second, after a warm-up of one second.
    pub(crate) fn rate(&self, script: &str, variables: &[&str], effort: Effort) -> anyhow::Result<f64> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").join(script);
        let mut printed = String::new();
        for seconds in [1, effort.seconds] {
            let mut command = process::command("pgbench");
            command.args(["-n", "-j", "2", "-M", "prepared", "-c", &effort.connections.to_string()]);
            command.args(["-T", &seconds.to_string(), "-f"]).arg(&file);
            command.args(variables.iter().flat_map(|variable| ["-D", variable])).arg(&self.url);
            printed = process::run(&mut command, "")?;
        }
        // `tps = 39876.5 (without initial connection time)`
        let rate = printed.lines().rev().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next());
        rate.with_context(|| format!("pgbench printed no rate: {printed}"))?.parse().context("not a rate")
    }

    /// Imports the movies of a file into an empty catalogue. Returns the duration in seconds, and the peak memory in MiB.
    pub(crate) fn import(&self, theater: &Theater, file: &Path) -> anyhow::Result<(f64, f64)> {
        self.empty()?;
        let mut command = theater.command(&["import"]);
        let watched = process::watch(command.arg(file), &self.folder.join("import.log"))?;
        ensure!(self.count()? > 0, "theater import succeeded but added no movie");
        Ok(watched)
    }

    /// Empties the imported catalogue, and loads the same rows with COPY. Returns the duration in seconds.
    pub(crate) fn copy(&self) -> anyhow::Result<f64> {
        let imported = self.sql(CHECK)?;
        let commands = |direction| {
            let variables = format!("\\set direction {direction}\n\\set tables '{TABLES}'\n");
            self.sql(&(variables + include_str!("../sql/copy.sql")))
        };
        let (dump, load) = (commands("TO")?, commands("FROM")?);
        self.sql(&dump)?;
        self.empty()?;
        let begun = Instant::now();
        self.sql(&load)?;
        let seconds = begun.elapsed().as_secs_f64();
        let copied = self.sql(CHECK)?;
        ensure!(copied == imported, "counts after the import: {imported}, after COPY: {copied}");
        Ok(seconds)
    }

    /// Updates the statistics and writes all pending changes to disk, so that neither happens during a measurement.
    pub(crate) fn settle(&self) -> anyhow::Result<()> {
        self.sql("VACUUM ANALYZE; CHECKPOINT;")?;
        // Delayed writes of the system, such as the files of COPY, would slow down later disk accesses.
        process::run(&mut process::command("sync"), "").map(|_| ())
    }

    /// Empties the catalogue, and writes pending changes so that they do not slow down the next load.
    fn empty(&self) -> anyhow::Result<()> {
        self.sql(&format!("TRUNCATE {TABLES} RESTART IDENTITY CASCADE; CHECKPOINT;")).map(|_| ())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The script ends when its standard input is closed.
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}
