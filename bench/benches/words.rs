//! Benchmarks of the functions that compute search words. An import computes the words of every movie, on threads
//! beside the one that writes; a search compares a mistyped word with its candidates.
//!
//! `cargo bench --manifest-path bench/Cargo.toml` compares with the previous run.

#![allow(
    missing_docs,
    clippy::expect_used,
    reason = "criterion's macros generate no documentation; a benchmark may panic"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::catalogue::{Overview, SearchQuery, SearchText, corrections};

const ACTORS: [&str; 7] = [
    "Camille Baldwin",
    "Edgar Thorne",
    "Esther Adler",
    "George Campbell",
    "Gloria Jager",
    "Ivan Traore",
    "Joan Jansen",
];
const OVERVIEW: &str = "A stubborn grandmother finds a forgotten diary in the papers of her late husband, and reads that none of \
    it was meant for her. It all turns out to be the key to a melody that was never played, at the border, in winter, when \
    forgiveness comes to those who are honest - but one.";
const ACCENTED: &str = "Une grand-mère têtue découvre une lettre oubliée dans les papiers de son défunt mari, et lit que rien de tout \
    cela ne lui était destiné. C'est la clé d'une mélodie qui n'a jamais été jouée, à la frontière, en hiver, où le pardon arrive \
    à ceux qui sont honnêtes - sauf un.";

fn words(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("words of a movie");
    for (name, title, overview) in
        [("in English", "The Honest Symphony", OVERVIEW), ("in French", "La Symphonie honnête", ACCENTED)]
    {
        group.bench_function(name, |bencher| {
            bencher.iter(|| SearchText::new(black_box(title), black_box(ACTORS), black_box(overview)));
        });
    }
    group.finish();
}

fn searches(criterion: &mut Criterion) {
    criterion.bench_function("words of a search", |bencher| {
        bencher.iter(|| SearchQuery::parse(black_box("the honest sypmhony")));
    });
    let known: Vec<_> = OVERVIEW.split_whitespace().map(str::to_owned).cycle().take(60).collect();
    criterion.bench_function("corrections of a mistyped word among 60 candidates", |bencher| {
        bencher.iter(|| corrections(black_box("sypmhony"), black_box(known.clone())));
    });
}

fn reading(criterion: &mut Criterion) {
    criterion.bench_function("overview of a movie that is read", |bencher| {
        bencher.iter(|| Overview::parse(black_box(OVERVIEW)));
    });
}

criterion_group!(micro, words, searches, reading);
criterion_main!(micro);
