use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use domain::{
    objects::{ObjectError, ObjectStore},
    profiles::{AvatarError, AvatarProcessor, ProcessedAvatar, ProcessingError},
};

/// An object store in memory, with fault injection.
#[derive(Debug, Default)]
pub struct MemoryObjects {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    broken: AtomicBool,
}

/// Accepts every file as a picture, except an empty one and `gif`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainProcessor;

impl MemoryObjects {
    /// The names of the stored objects.
    pub fn names(&self) -> Vec<String> {
        self.objects.lock().expect("no test panicked here").keys().cloned().collect()
    }

    /// Makes all writes and deletions fail from now on.
    pub fn break_down(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    /// Ends all failures.
    pub fn repair(&self) {
        self.broken.store(false, Ordering::Relaxed);
    }

    fn working(&self) -> Result<(), ObjectError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(ObjectError::Unavailable("injected fault".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl ObjectStore for MemoryObjects {
    async fn put(&self, name: &str, _: &str, bytes: &[u8]) -> Result<(), ObjectError> {
        self.working()?;
        self.objects.lock().expect("no test panicked here").insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        Ok(self.objects.lock().expect("no test panicked here").get(name).cloned())
    }

    async fn exists(&self, name: &str) -> Result<bool, ObjectError> {
        Ok(self.get(name).await?.is_some())
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        self.working()?;
        self.objects.lock().expect("no test panicked here").remove(name);
        Ok(())
    }

    async fn url(&self, name: &str) -> Result<String, ObjectError> {
        Ok(format!("memory:{name}"))
    }
}

#[async_trait]
impl AvatarProcessor for PlainProcessor {
    async fn process(&self, file: Vec<u8>) -> Result<ProcessedAvatar, ProcessingError> {
        match file.as_slice() {
            b"" => Err(AvatarError::Invalid.into()),
            b"gif" => Err(AvatarError::Unsupported("GIF").into()),
            _ => Ok(ProcessedAvatar { small: file.clone(), large: file }),
        }
    }
}
