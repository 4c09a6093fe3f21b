//! Which tests of a run are skipped or smaller, and the lines that report it.

use std::{collections::BTreeSet, env, io::Write, sync::Mutex};

/// The lines that this executable has printed.
static PRINTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Whether `FULL_TESTS=1` is set: tests have their full size, and those that measure time run.
#[must_use]
pub fn full_tests() -> bool {
    env::var_os("FULL_TESTS").is_some_and(|value| value == "1")
}

/// The size of a test: `few`, or `full` with `FULL_TESTS=1`.
#[must_use]
pub fn size<Number>(few: Number, full: Number) -> Number {
    if full_tests() { full } else { few }
}

/// Like [`full_tests`]; reports the skipped tests.
#[must_use]
pub fn runs_in_full(tests: &str) -> bool {
    let runs = full_tests();
    if !runs {
        print_once(&format!("skipped without FULL_TESTS=1: {tests}"));
    }
    runs
}

/// Reports tests that are skipped because a dependency is missing.
///
/// # Panics
///
/// If the environment variable `required` is set.
pub fn skip_without(dependency: &str, required: &str, tests: &str) {
    assert!(
        env::var_os(required).is_none(),
        "{required} is set and {dependency} is missing: see CONTRIBUTING.md for how to install it"
    );
    print_once(&format!("skipped without {dependency}: {tests}"));
}

/// Prints a line to the real standard error, which the test harness does not capture, once per executable.
pub(crate) fn print_once(line: &str) {
    if PRINTED.lock().expect("no test panicked here").insert(line.to_owned()) {
        // A closed standard error is no failure of a test.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
