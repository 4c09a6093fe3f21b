use application::catalogue::{
    Catalogue,
    import::{ImportReport, import_rows},
};

use crate::commands::csv_rows;

/// Real movies, for a first look: facts, and overviews in our own words.
const SAMPLE: &[u8] = include_bytes!("../sample/movies.csv");

/// Fills an empty catalogue with the sample; one that holds anything is left as it is.
pub(crate) async fn fill_if_empty(catalogue: &Catalogue) -> anyhow::Result<Option<ImportReport>> {
    if catalogue.queries.count().await? > 0 {
        return Ok(None);
    }
    let refused = |refusal| tracing::error!(?refusal, "the sample has a bad row");
    Ok(Some(import_rows(catalogue, csv_rows(SAMPLE)?, refused, |_| {}).await?))
}
