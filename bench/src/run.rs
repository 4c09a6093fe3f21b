//! Runs the benchmark: fills the catalogue, measures the rounds, and writes the report.

use std::{path::Path, time::Instant};

use crate::{
    Options, catalogue, chart,
    figures::{figures, quantities},
    machine::Machine,
    million, report,
    round::{Questions, Round},
    stage::Stage,
};

/// Default number of movies.
const MOVIES: u64 = 100_000;

/// Runs the benchmark that the options select.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let docs = options.docs.clone().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs"));
    let page = docs.join("performance.md");
    // Checked first: otherwise an hour of measuring could end without a place for the results.
    report::check(&page)?;
    let stage = Stage::set(&options.server).await?;
    if options.million {
        return million::run(&stage, &options, &page).await;
    }
    measure(&stage, &options, &page, &docs.join("performance.svg")).await
}

async fn measure(stage: &Stage, options: &Options, page: &Path, drawing: &Path) -> anyhow::Result<()> {
    let file = catalogue::generate(stage, options.movies.unwrap_or(MOVIES)).await?;
    let mut loadings = Vec::new();
    for number in 1..=options.rounds {
        let loading = catalogue::compare(stage, &file).await?;
        eprintln!(
            "import {number} of {}: {:.1} s, COPY {:.1} s",
            options.rounds, loading.import_seconds, loading.copy_seconds
        );
        loadings.push(loading);
    }
    catalogue::settle(stage).await?;
    let movies = catalogue::count(stage).await?;

    let requests = Questions::prepare(stage, movies).await?;
    let mut rounds = Vec::new();
    for number in 1..=options.rounds {
        let begun = Instant::now();
        rounds.push(Round::measure(stage, &requests, options).await?);
        eprintln!("round {number} of {}: {} s", options.rounds, begun.elapsed().as_secs());
    }

    let figures = figures(&rounds, &loadings);
    let refused: usize = rounds.iter().map(|round| round.logins_refused).sum();
    let text = report::figures(&figures, &quantities(&rounds, &loadings), movies, options, refused);
    let machine = Machine::this(stage).await?;
    report::write(page, report::FIGURES, &format!("{text}\n{}", machine.list()))?;
    chart::write(drawing, &figures)?;
    println!("{text}");
    Ok(())
}
