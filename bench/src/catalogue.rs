//! Filling the catalogue: by the service's import, and by PostgreSQL's COPY, which is as fast as rows come in.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, ensure};

use crate::{
    process::{self, Watched},
    stage::Stage,
};

/// The tables that an import writes, each after those that it refers to.
const TABLES: [&str; 10] = [
    "countries",
    "genres",
    "actors",
    "languages",
    "movies",
    "movies_genres",
    "actors_movies",
    "movies_languages",
    "movie_search",
    "search_words",
];
/// What triggers keep beside the rows of those tables. They keep it for COPY as well, so it is not among what is copied.
const KEPT_BY_TRIGGERS: &str = "movie_count";
/// What must be the same after an import and after COPY of the same rows, with what triggers have made of them.
const CHECK: &str = "SELECT (SELECT movies FROM catalogue_totals), (SELECT count(*) FROM movies),
    (SELECT sum(movie_count) FROM genres), (SELECT count(*) FROM movie_search)";

/// One import, and one COPY of the same rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loading {
    /// How long the import took.
    pub(crate) import_seconds: f64,
    /// The most memory that the importing process had.
    pub(crate) import_peak_mib: f64,
    /// How long COPY took, with the same indexes and triggers in place.
    pub(crate) copy_seconds: f64,
}

/// Writes a CSV file with this number of movies: the same ones each time.
pub(crate) async fn generate(stage: &Stage, movies: u64) -> anyhow::Result<PathBuf> {
    eprintln!("generating {movies} movies");
    let file = stage.file("movies.csv");
    let output = file.to_str().context("the folder for temporary files has a name that is no text")?;
    stage.theater.run(&["generate", &movies.to_string(), "--seed", "1", "--output", output], "").await?;
    Ok(file)
}

/// Imports the movies of a file into an empty catalogue.
pub(crate) async fn import(stage: &Stage, file: &Path) -> anyhow::Result<Watched> {
    let file = file.to_str().context("the file has a name that is no text")?;
    empty(stage).await?;
    let command = stage.theater.command(&["import", file]);
    let watched = process::watch(command, &stage.file("import.log"), "theater import").await?;
    ensure!(count(stage).await? > 0, "theater import ended well and added no movie");
    Ok(watched)
}

/// Imports the movies of a file, and loads the same rows again by COPY. The catalogue is full afterwards.
pub(crate) async fn compare(stage: &Stage, file: &Path) -> anyhow::Result<Loading> {
    let imported = import(stage, file).await?;
    let wanted = stage.postgres.sql(CHECK).await?;
    stage.postgres.commands(&copy(stage, "TO").await?, "dumping the catalogue").await?;
    empty(stage).await?;
    let commands = copy(stage, "FROM").await?;
    let begun = Instant::now();
    stage.postgres.commands(&commands, "loading the catalogue by COPY").await?;
    let copy_seconds = begun.elapsed().as_secs_f64();
    let copied = stage.postgres.sql(CHECK).await?;
    ensure!(copied == wanted, "the import left {wanted} behind, and COPY of the same rows {copied}");
    Ok(Loading {
        import_seconds: imported.took.as_secs_f64(),
        import_peak_mib: imported.peak_mib,
        copy_seconds,
    })
}

/// Commands of psql that write every table into a file of its own (`TO`), or read them back (`FROM`).
async fn copy(stage: &Stage, direction: &str) -> anyhow::Result<Vec<String>> {
    let mut commands = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let columns = format!(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'
                  AND column_name <> '{KEPT_BY_TRIGGERS}'"
        );
        let columns = stage.postgres.sql(&columns).await?;
        let file = stage.file(&format!("{table}.copy"));
        commands.push(format!("\\copy {table} ({columns}) {direction} '{}'", file.display()));
    }
    Ok(commands)
}

/// How many movies there are.
pub(crate) async fn count(stage: &Stage) -> anyhow::Result<i64> {
    stage.postgres.sql("SELECT count(*) FROM movies").await?.parse().context("movies cannot be counted")
}

/// Brings the database into the state in which it stays while it is used: statistics are known, nothing waits to be
/// written.
pub(crate) async fn settle(stage: &Stage) -> anyhow::Result<()> {
    stage.postgres.sql("VACUUM ANALYZE").await?;
    stage.postgres.sql("CHECKPOINT").await?;
    // What the system writes late, such as the files of COPY, would hold up whoever waits for the disk then.
    process::run(process::command("sync"), "writing what is still to be written").await.map(|_| ())
}

/// Empties the catalogue. What is loaded next begins with nothing to write from before.
async fn empty(stage: &Stage) -> anyhow::Result<()> {
    let tables = TABLES.join(", ");
    stage.postgres.sql(&format!("TRUNCATE {tables} RESTART IDENTITY CASCADE")).await?;
    stage.postgres.sql("CHECKPOINT").await.map(|_| ())
}
