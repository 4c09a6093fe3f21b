//! The run: fills the catalogue, measures round after round, and writes the report.

use std::{path::Path, time::Instant};

use crate::{
    Options, catalogue, chart,
    figures::{figures, quantities},
    machine::Machine,
    million, report,
    round::{Questions, Round},
    stage::Stage,
};

/// How many movies there are if nobody says otherwise.
const MOVIES: u64 = 100_000;

/// Measures what the options ask for.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let docs = options.docs.clone().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs"));
    let page = docs.join("performance.md");
    // Before an hour is spent on figures that nobody could write down.
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

    let asked = Questions::prepare(stage, movies).await?;
    let mut rounds = Vec::new();
    for number in 1..=options.rounds {
        let begun = Instant::now();
        rounds.push(Round::measure(stage, &asked, options).await?);
        eprintln!("round {number} of {}: {} s", options.rounds, begun.elapsed().as_secs());
    }

    let figures = figures(&rounds, &loadings);
    let refused: usize = rounds.iter().map(|round| round.logins_refused).sum();
    let told = report::figures(&figures, &quantities(&rounds, &loadings), movies, options, refused);
    let machine = Machine::this(stage).await?;
    report::write(page, report::FIGURES, &format!("{told}\n{}", machine.list()))?;
    chart::write(drawing, &figures)?;
    println!("{told}");
    Ok(())
}
