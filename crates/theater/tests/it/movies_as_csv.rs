//! Importing, exporting and generating movies as CSV with the executable.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

use crate::command_line::{run, text, theater};

fn succeed(folder: &Path, arguments: &[&str], data: &str) -> String {
    let output = run(folder, arguments, &[("DATA_DIR", data)]);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The first column of a file.
fn titles(file: &Path) -> Vec<String> {
    let records = csv::Reader::from_path(file).unwrap().into_records();
    records.map(|record| record.unwrap()[0].to_owned()).collect()
}

#[test]
fn movies_imported_from_an_export_are_exported_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let succeed = |arguments: &[&str], data: &str| succeed(folder.path(), arguments, data);
    assert_eq!(succeed(&["generate", "300", "--output", "made-up.csv"], "one"), "");
    assert!(succeed(&["import", "made-up.csv"], "one").contains("added 300, already there 0, refused 0"));
    assert_eq!(succeed(&["export", "--output", "first.csv"], "one"), "");
    assert_eq!(titles(&folder.path().join("first.csv")), titles(&folder.path().join("made-up.csv")));
    assert!(succeed(&["import", "first.csv"], "two").contains("added 300, already there 0, refused 0"));
    let second = succeed(&["export"], "two");
    assert_eq!(second.lines().count(), 301);
    assert_eq!(second, fs::read_to_string(folder.path().join("first.csv")).unwrap());
}

#[test]
fn the_same_count_and_seed_give_the_same_movies_and_a_smaller_count_gives_a_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let generate =
        |arguments: &str| succeed(folder.path(), &arguments.split(' ').collect::<Vec<_>>(), "unused");
    let many = generate("generate 200");
    assert_eq!(many.lines().count(), 201);
    assert_eq!(many, generate("generate 200 --seed 1"));
    assert!(many.starts_with(&generate("generate 20")));
    assert_ne!(many, generate("generate 200 --seed 2"));
    // `generate` needs neither a configuration nor a data folder.
    assert!(!folder.path().join("unused").exists());
}

#[test]
fn a_closed_pipe_on_standard_output_is_not_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = theater(folder.path())
        .args(["generate", "1000000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("names,date_x"), "{first}");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn an_unwritable_output_file_is_reported_before_the_database_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["generate", "1"][..], &["export"]] {
        let output = run(folder.path(), &[arguments, &["--output", "no/movies.csv"]].concat(), &[]);
        let errors = text(&output.stderr);
        assert!(!output.status.success() && errors.contains("no/movies.csv cannot be written"), "{errors}");
    }
    assert!(!folder.path().join("data").exists());
}
