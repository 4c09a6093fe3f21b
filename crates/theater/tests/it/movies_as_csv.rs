//! Movies from a file into the catalogue and back, as users do it.

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
fn what_was_exported_and_is_imported_elsewhere_is_exported_alike() {
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
fn the_same_number_and_seed_give_the_same_movies_and_more_movies_start_with_fewer() {
    let folder = tempfile::tempdir().unwrap();
    let generate =
        |arguments: &str| succeed(folder.path(), &arguments.split(' ').collect::<Vec<_>>(), "unused");
    let many = generate("generate 200");
    assert_eq!(many.lines().count(), 201);
    assert_eq!(many, generate("generate 200 --seed 1"));
    assert!(many.starts_with(&generate("generate 20")));
    assert_ne!(many, generate("generate 200 --seed 2"));
    // Neither a configuration nor a data folder is needed.
    assert!(!folder.path().join("unused").exists());
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
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
fn a_file_that_cannot_be_written_is_told_before_anything_is_connected() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["generate", "1"][..], &["export"]] {
        let output = run(folder.path(), &[arguments, &["--output", "no/movies.csv"]].concat(), &[]);
        let told = text(&output.stderr);
        assert!(!output.status.success() && told.contains("no/movies.csv cannot be written"), "{told}");
    }
    assert!(!folder.path().join("data").exists());
}
