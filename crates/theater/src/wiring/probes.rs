use async_trait::async_trait;
use domain::ports::{CatalogueQueries, HealthProbe};
use persistence::Store;

/// The health probe of the database.
#[derive(Debug)]
pub(super) struct Database(pub(super) Store);

#[async_trait]
impl HealthProbe for Database {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), String> {
        self.0.count().await.map(|_| ()).map_err(|error| error.to_string())
    }
}
