//! `theater`: see `theater --help`.

use std::process::ExitCode;

use clap::Parser;
use theater::commands::{Arguments, run};

/// Threads free what others have allocated, such as the rows that SQLite's threads send; the system's allocator makes them
/// wait for each other.
#[cfg(all(feature = "jemalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // `{:#}` prints the message, which says what to do, and its causes on one line.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
