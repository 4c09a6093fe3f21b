use async_trait::async_trait;
use domain::{
    accounts::UserRepository,
    profiles::{ProfileRepository, ProfileUnit},
    store::{Begin, StoreError},
};

use super::ProfileStore;
use crate::store::Transaction;

#[async_trait]
impl Begin<dyn ProfileUnit> for ProfileStore {
    async fn begin(&self) -> Result<Box<dyn ProfileUnit>, StoreError> {
        Ok(Box::new(self.0.transaction().await?))
    }
}

impl ProfileUnit for Transaction {
    fn profiles(&self) -> &dyn ProfileRepository {
        self
    }

    fn users(&self) -> &dyn UserRepository {
        self
    }
}
