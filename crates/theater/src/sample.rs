use application::catalogue::{
    Catalogue,
    import::{ImportReport, import_rows},
};

use crate::commands::csv_rows;

/// The sample catalogue: real movies with original overviews.
const SAMPLE: &[u8] = include_bytes!("../sample/movies.csv");

/// Loads the sample into an empty catalogue; returns `None` if the catalogue has any movie.
pub(crate) async fn fill_if_empty(catalogue: &Catalogue) -> anyhow::Result<Option<ImportReport>> {
    if catalogue.queries.count().await? > 0 {
        return Ok(None);
    }
    let refused = |refusal| tracing::error!(?refusal, "the sample has an invalid row");
    Ok(Some(import_rows(catalogue, csv_rows(SAMPLE)?, refused, |_| {}).await?))
}
