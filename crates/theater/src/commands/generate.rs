use std::path::Path;

use sample_data::synthetic_rows;

use super::output::{finish_csv, start_csv};

pub(super) fn generate(count: u64, seed: u64, output: Option<&Path>) -> anyhow::Result<()> {
    let mut rows = start_csv(output)?;
    let written = synthetic_rows(count, seed).try_for_each(|row| rows.write(&row));
    finish_csv(rows, written, output)?;
    Ok(())
}
