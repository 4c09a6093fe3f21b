use std::{path::Path, sync::Arc};

use anyhow::Context;
use domain::{environment::Clock, health::HealthProbe, objects::ObjectStore};
use storage::{FolderStore, S3Store};

use crate::config::Config;

/// The adapters of the picture store: an S3 object store or, if `s3` is `None`, a folder.
pub(super) struct Objects {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) probe: Arc<dyn HealthProbe>,
    pub(super) s3: Option<S3Store>,
}

impl Objects {
    pub(super) fn open(config: &Config, folder: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let Some(s3) = &config.storage.s3 else {
            let base = format!("{}/media", config.server.public_url());
            let store = Arc::new(FolderStore::new(folder.join("objects"), base));
            return Ok(Self { store: store.clone(), probe: store, s3: None });
        };
        let s3 = S3Store::new(s3.clone(), clock).context("S3_ENDPOINT")?;
        let store = Arc::new(s3.clone());
        Ok(Self { store: store.clone(), probe: store, s3: Some(s3) })
    }
}
