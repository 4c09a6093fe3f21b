use std::{cell::Cell, fs::File, path::Path, sync::mpsc, thread, time::Instant};

use anyhow::{Context, bail};
use application::catalogue::import::{ImportReport, Refusal, check_rows, drafted, import_movies};
use indicatif::{ProgressBar, ProgressStyle};

use super::{csv_rows, start};
use crate::wiring::Wired;

/// Number of rows between two lines of progress if there is no terminal.
const LINE_EVERY: u64 = 10_000;
/// Maximum number of rows that are read ahead.
const ROWS_AHEAD: usize = 2_000;

pub(super) async fn import(file: &Path, strict: bool) -> anyhow::Result<()> {
    let config = start()?;
    let open = || File::open(file).with_context(|| format!("{} cannot be read", file.display()));
    // Opened before the database, so that a wrong file name is reported at once.
    let source = open()?;
    if strict {
        let report = check_rows(csv_rows(open()?)?, |refusal| log(&refusal))?;
        if report.refused > 0 {
            bail!("{} of {} rows are invalid; nothing was loaded", report.refused, report.read);
        }
    }
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;

    let started = Instant::now();
    let progress = Progress::new(source.metadata().map_or(0, |metadata| metadata.len()));
    let movies = read_ahead(csv_rows(progress.bar.wrap_read(source))?.map(drafted));
    let report = import_movies(
        &wired.services.catalogue,
        movies,
        // Prints without breaking the bar.
        |refusal| progress.bar.suspend(|| log(&refusal)),
        |report| progress.show(report),
    )
    .await?;
    progress.bar.finish_and_clear();
    println!(
        "Read {}, added {}, already there {}, refused {} (in {:.1} s).",
        report.read,
        report.added,
        report.existing,
        report.refused,
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Reads rows on a separate thread, so that the database does not wait for them. The thread ends with the rows or when the
/// returned iterator is dropped.
fn read_ahead<T: Send + 'static>(rows: impl Iterator<Item = T> + Send + 'static) -> impl Iterator<Item = T> {
    let (sender, receiver) = mpsc::sync_channel(ROWS_AHEAD);
    thread::spawn(move || {
        for row in rows {
            if sender.send(row).is_err() {
                return;
            }
        }
    });
    receiver.into_iter()
}

/// Reports a refused row.
fn log(refusal: &Refusal) {
    eprintln!("line {}: {}", refusal.line, refusal.error);
}

/// A bar on a terminal, plain lines elsewhere.
struct Progress {
    /// Hidden if there is no terminal.
    bar: ProgressBar,
    next_line: Cell<u64>,
}

impl Progress {
    fn new(bytes: u64) -> Self {
        let style = ProgressStyle::with_template("{bar:40} {percent}% {msg} (ready in {eta})");
        let bar = ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, next_line: LINE_EVERY.into() }
    }

    fn show(&self, report: &ImportReport) {
        self.bar.set_message(format!("{} movies", report.added + report.existing));
        if self.bar.is_hidden() && report.read >= self.next_line.get() {
            eprintln!("{} rows read, {} movies added", report.read, report.added);
            self.next_line.set(report.read + LINE_EVERY);
        }
    }
}
