use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use domain::{
    health::HealthProbe,
    objects::{ObjectError, ObjectStore},
};
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use crate::name::checked;

/// Stores objects as files in a folder, which a server publishes under a base URL.
#[derive(Clone, Debug)]
pub struct FolderStore {
    folder: PathBuf,
    base: String,
}

impl FolderStore {
    /// A store in this folder, which is created on first use. `base` is the URL of the objects, without a trailing slash.
    #[must_use]
    pub fn new(folder: PathBuf, base: String) -> Self {
        Self { folder, base }
    }

    /// Calls `act` with the file of this name, on a thread for blocking work.
    async fn with_file<T: Send + 'static>(
        &self,
        name: &str,
        act: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, ObjectError> {
        let file = self.folder.join(checked(name)?);
        let outcome = spawn_blocking(move || act(&file)).await;
        let outcome = outcome.map_err(|error| ObjectError::Unavailable(error.to_string()))?;
        outcome.map_err(|error| ObjectError::Unavailable(error.to_string()))
    }
}

/// The outcome, or `None` if the file does not exist.
fn found<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// Writes a file atomically.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    let mut partial = NamedTempFile::new_in(folder)?;
    partial.write_all(bytes)?;
    partial.as_file().sync_all()?;
    partial.persist(file)?;
    Ok(())
}

#[async_trait]
impl ObjectStore for FolderStore {
    async fn put(&self, name: &str, _: &str, bytes: &[u8]) -> Result<(), ObjectError> {
        let bytes = bytes.to_vec();
        self.with_file(name, move |file| write(file, &bytes)).await
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        self.with_file(name, |file| found(fs::read(file))).await
    }

    async fn exists(&self, name: &str) -> Result<bool, ObjectError> {
        self.with_file(name, Path::try_exists).await
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        self.with_file(name, |file| {
            found(fs::remove_file(file))?;
            // Removes a picture's folder with its last file; a folder with another file stays.
            let _ = file.parent().map(fs::remove_dir);
            Ok(())
        })
        .await
    }

    async fn url(&self, name: &str) -> Result<String, ObjectError> {
        Ok(format!("{}/{}", self.base, checked(name)?))
    }
}

#[async_trait]
impl HealthProbe for FolderStore {
    fn name(&self) -> &'static str {
        "object_store"
    }

    fn is_needed(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), String> {
        let folder = self.folder.clone();
        let written = spawn_blocking(move || {
            fs::create_dir_all(&folder)?;
            // Writes bytes, since a full disk allows an empty file. The file is removed at once.
            tempfile::tempfile_in(&folder)?.write_all(&[0; 4_096])
        });
        written.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }
}
