//! The environment of a measurement, and the command that repeats it.

use std::{env, fs};

use anyhow::Context;

use crate::{process, round::cores, stage::Stage};

/// The machine, the version of PostgreSQL, the date, and the command.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    cores: usize,
    processor: String,
    postgres: String,
    date: String,
    command: String,
}

impl Machine {
    /// Describes this machine, with the current date.
    pub(crate) async fn this(stage: &Stage) -> anyhow::Result<Self> {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let mut date = process::command("date");
        date.args(["-u", "+%Y-%m-%d"]);
        let arguments: Vec<_> = env::args().skip(1).collect();
        Ok(Self {
            cores: cores(),
            processor: processor(&info).unwrap_or("of an unknown model").to_owned(),
            postgres: stage
                .postgres
                .sql("SHOW server_version")
                .await
                .context("the version of PostgreSQL cannot be read")?,
            date: process::run(date, "reading the date").await?.trim().to_owned(),
            command: format!(
                "cargo run --release --manifest-path bench/Cargo.toml -- {}",
                arguments.join(" ")
            ),
        })
    }

    /// A Markdown list for the report.
    pub(crate) fn list(&self) -> String {
        let Self { cores, processor, postgres, date, command } = self;
        format!(
            "- Machine: {cores} cores, {processor}\n- PostgreSQL: {postgres}\n- Date: {date}\n- Command: `{}`\n",
            command.trim()
        )
    }
}

fn processor(info: &str) -> Option<&str> {
    let (_, name) = info.lines().find(|line| line.starts_with("model name"))?.split_once(':')?;
    Some(name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_name_of_the_processor_is_parsed() {
        assert_eq!(processor("processor\t: 0\nmodel name\t: A Processor 9\n"), Some("A Processor 9"));
        assert_eq!(processor(""), None);
    }
}
