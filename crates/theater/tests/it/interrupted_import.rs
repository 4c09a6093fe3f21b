//! A killed import can be repeated and leaves neither gaps nor duplicates.

use std::{io::Write, path::Path, process::Stdio};

use domain::catalogue::CatalogueQueries;
use persistence::{CatalogueStore, Database};
use test_fakes::CountingRandomness;
use test_servers::{eventually, on_every_database, size};

use crate::command_line::{run, text, theater};

async fn count(store: &CatalogueStore) -> i64 {
    store.count().await.unwrap()
}

/// Title and date of each movie of a file, sorted.
fn sorted(csv: &str) -> Vec<String> {
    let key = |row: csv::StringRecord| format!("{} {}", &row[0], &row[1]);
    let mut movies: Vec<_> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(|row| key(row.unwrap())).collect();
    movies.sort();
    movies
}

fn exported(folder: &Path, url: &str) -> String {
    text(&run(folder, &["export"], &[("DATABASE_URL", url)]).stdout)
}

on_every_database! {
    async fn a_killed_import_is_completed_without_gaps_or_duplicates(url: String) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("movies.csv");
        let file = file.to_str().unwrap();
        // An import commits a thousand movies at a time.
        let (movies, kills) = size((3_000, &[1][..]), (4_000, &[1, 2_000][..]));
        run(folder.path(), &["generate", &movies.to_string(), "--output", file], &[]);
        // Without the last line, an import that is fast cannot finish before it is killed.
        let csv = std::fs::read_to_string(file).unwrap();
        let all_but_the_last = csv.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n";
        let pools = persistence::connect(&url, 2).await.unwrap();
        persistence::migrate_up(&pools.writer).await.unwrap();
        let store = CatalogueStore::new(Database::new(pools, std::sync::Arc::new(CountingRandomness::default())));
        for killed_at in kills {
            let mut command = theater(folder.path());
            command.args(["import", "/dev/stdin"]).env("DATABASE_URL", &url);
            let mut import =
                command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let (mut input, rows) = (import.stdin.take().unwrap(), all_but_the_last.clone());
            let feeding = std::thread::spawn(move || {
                // It fails once the import is killed.
                let _ = input.write_all(rows.as_bytes());
                input
            });
            eventually("movies are imported", || async { count(&store).await >= *killed_at }).await;
            import.kill().unwrap();
            import.wait().unwrap();
            drop(feeding.join());
        }
        let half_way = exported(folder.path(), &url);
        let stdout = text(&run(folder.path(), &["import", file], &[("DATABASE_URL", &url)]).stdout);
        assert!(stdout.contains(&format!("Read {movies}")) && stdout.contains("refused 0"), "{stdout}");
        assert_eq!(count(&store).await, movies);
        let whole = exported(folder.path(), &url);
        assert_eq!(sorted(&whole), sorted(&csv));
        // The movies of the killed imports are unchanged.
        assert!(whole.starts_with(&half_way));
        let again = text(&run(folder.path(), &["import", file], &[("DATABASE_URL", &url)]).stdout);
        assert!(again.contains("added 0"), "{again}");
    }
}
