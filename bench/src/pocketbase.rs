//! The baseline for a movie on SQLite: a record of the same fields, without relations, in PocketBase.

use std::{fs, path::Path, process::Command};

use crate::{
    oha::Effort,
    process,
    report::{Aim::AtLeast, Figures},
    round::MOVIES,
    server::{Server, Theater},
};

/// Number of movies in both catalogues.
const COUNT: u64 = 5_000;

/// Imports movies into the service on SQLite, and copies them to PocketBase. Both are stored in the service's folder.
pub(crate) fn prepare(theater: &Theater) -> anyhow::Result<()> {
    let file = theater.generate(COUNT)?;
    process::run(theater.command(&["import"]).arg(file), "")?;
    let server = theater.serve(false)?;
    let movies = movies().map(|path| server.body(&path)).collect::<anyhow::Result<Vec<_>>>()?;
    fs::write(theater.folder.join("movies.json"), format!("[{}]", movies.join(",")))?;
    process::run(pocketbase(theater).args(["migrate", "up"]), "").map(|_| ())
}

/// Requests random movies of the service without its cache, then of PocketBase.
pub(crate) fn measure(theater: &Theater, effort: Effort, figures: &mut Figures) -> anyhow::Result<()> {
    let server = theater.serve(false)?;
    let record = |id| format!("/api/collections/movies/records/{id:015}");
    let records = Server::start(theater.folder.join("pocketbase.log"), "/api/health", |port| {
        let mut command = pocketbase(theater);
        command.args(["serve", "--http", &format!("127.0.0.1:{port}")]);
        command
    })?;
    let movie = figures.rate("any movie from SQLite", &server, &movies().collect::<Vec<_>>(), effort)?;
    let paths: Vec<_> = (1..=COUNT).map(record).collect();
    let record = figures.rate("any record of PocketBase", &records, &paths, effort)?;
    figures.figure("any movie from SQLite ÷ record of PocketBase", "", AtLeast(1.0), movie / record);
    Ok(())
}

/// The paths of the movies: an import into an empty SQLite database numbers them from 1.
fn movies() -> impl Iterator<Item = String> {
    (1..=COUNT).map(|id| format!("{MOVIES}/{id}"))
}

/// A command of PocketBase, which applies the migration of bench/pocketbase once.
fn pocketbase(theater: &Theater) -> Command {
    let mut command = process::command("pocketbase");
    command.arg("--migrationsDir").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("pocketbase"));
    command.arg("--dir").arg(theater.folder.join("pocketbase")).current_dir(&theater.folder);
    command
}
