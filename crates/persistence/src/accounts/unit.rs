use async_trait::async_trait;
use domain::{
    accounts::{AccountUnit, LinkTokenRepository, SessionRepository, UserRepository},
    store::{Begin, StoreError},
};

use super::AccountStore;
use crate::store::Transaction;

#[async_trait]
impl Begin<dyn AccountUnit> for AccountStore {
    async fn begin(&self) -> Result<Box<dyn AccountUnit>, StoreError> {
        Ok(Box::new(self.0.transaction().await?))
    }
}

impl AccountUnit for Transaction {
    fn users(&self) -> &dyn UserRepository {
        self
    }

    fn link_tokens(&self) -> &dyn LinkTokenRepository {
        self
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self
    }
}
