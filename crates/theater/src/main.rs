//! `theater`: see `theater --help`.

use std::process::ExitCode;

use clap::Parser;
use theater::commands::{Arguments, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line that says what to do; its causes, which name files and addresses, behind it.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
