//! Fills the catalogue: with the service's import, and with PostgreSQL's COPY as the baseline.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, ensure};

use crate::{
    process::{self, Watched},
    stage::Stage,
};

/// The tables that an import writes, each after those that it references.
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
/// The column that triggers maintain, also during COPY, so it is not copied.
const MAINTAINED_BY_TRIGGERS: &str = "movie_count";
/// Counts that must be equal after an import and after COPY of the same rows, including those that triggers maintain.
const CHECK: &str = "SELECT (SELECT movies FROM catalogue_totals), (SELECT count(*) FROM movies),
    (SELECT sum(movie_count) FROM genres), (SELECT count(*) FROM movie_search)";

/// Measurements of one import, and of one COPY of the same rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loading {
    /// Duration of the import.
    pub(crate) import_seconds: f64,
    /// Peak resident memory of the importing process.
    pub(crate) import_peak_mib: f64,
    /// Duration of COPY, with the same indexes and triggers.
    pub(crate) copy_seconds: f64,
}

/// Writes a CSV file with this number of movies; the same number generates the same movies.
pub(crate) async fn generate(stage: &Stage, movies: u64) -> anyhow::Result<PathBuf> {
    eprintln!("generating {movies} movies");
    let file = stage.file("movies.csv");
    let output = file.to_str().context("the path of the temporary folder is not valid UTF-8")?;
    stage.theater.run(&["generate", &movies.to_string(), "--seed", "1", "--output", output], "").await?;
    Ok(file)
}

/// Imports the movies of a file into an empty catalogue.
pub(crate) async fn import(stage: &Stage, file: &Path) -> anyhow::Result<Watched> {
    let file = file.to_str().context("the path of the file is not valid UTF-8")?;
    empty(stage).await?;
    let command = stage.theater.command(&["import", file]);
    let watched = process::watch(command, &stage.file("import.log"), "theater import").await?;
    ensure!(count(stage).await? > 0, "theater import succeeded but added no movie");
    Ok(watched)
}

/// Imports the movies of a file, empties the catalogue, and loads the same rows with COPY.
pub(crate) async fn compare(stage: &Stage, file: &Path) -> anyhow::Result<Loading> {
    let imported = import(stage, file).await?;
    let imported_counts = stage.postgres.sql(CHECK).await?;
    stage.postgres.commands(&copy(stage, "TO").await?, "dumping the catalogue").await?;
    empty(stage).await?;
    let commands = copy(stage, "FROM").await?;
    let begun = Instant::now();
    stage.postgres.commands(&commands, "loading the catalogue by COPY").await?;
    let copy_seconds = begun.elapsed().as_secs_f64();
    let copied_counts = stage.postgres.sql(CHECK).await?;
    ensure!(
        copied_counts == imported_counts,
        "counts after the import: {imported_counts}, after COPY of the same rows: {copied_counts}"
    );
    Ok(Loading {
        import_seconds: imported.took.as_secs_f64(),
        import_peak_mib: imported.peak_mib,
        copy_seconds,
    })
}

/// psql commands that write each table into its own file (`TO`), or read it from there (`FROM`).
async fn copy(stage: &Stage, direction: &str) -> anyhow::Result<Vec<String>> {
    let mut commands = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let columns = format!(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'
                  AND column_name <> '{MAINTAINED_BY_TRIGGERS}'"
        );
        let columns = stage.postgres.sql(&columns).await?;
        let file = stage.file(&format!("{table}.copy"));
        commands.push(format!("\\copy {table} ({columns}) {direction} '{}'", file.display()));
    }
    Ok(commands)
}

/// The number of movies in the database.
pub(crate) async fn count(stage: &Stage) -> anyhow::Result<i64> {
    stage.postgres.sql("SELECT count(*) FROM movies").await?.parse().context("movies cannot be counted")
}

/// Updates the statistics and writes all pending changes to disk, so that neither happens during a measurement.
pub(crate) async fn settle(stage: &Stage) -> anyhow::Result<()> {
    stage.postgres.sql("VACUUM ANALYZE").await?;
    stage.postgres.sql("CHECKPOINT").await?;
    // Delayed writes of the system, such as the files of COPY, would slow down later disk accesses.
    process::run(process::command("sync"), "writing pending changes to disk").await.map(|_| ())
}

/// Empties the catalogue, and writes pending changes so that they do not slow down the next load.
async fn empty(stage: &Stage) -> anyhow::Result<()> {
    let tables = TABLES.join(", ");
    stage.postgres.sql(&format!("TRUNCATE {tables} RESTART IDENTITY CASCADE")).await?;
    stage.postgres.sql("CHECKPOINT").await.map(|_| ())
}
