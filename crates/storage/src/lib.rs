//! Objects: pictures, in MinIO or any other S3 or, while none is configured, in a folder; and the processing of uploaded
//! files into stored pictures.
//!
//! This crate must never know whose picture it is, or who may see it.
//!
//! Start reading at [`S3Store`] and [`FolderStore`], which behave alike, then at [`ImageProcessor`].

mod avatar;
mod folder;
mod name;
mod s3_store;

pub use avatar::{ImageProcessor, process};
pub use folder::FolderStore;
pub use s3_store::{S3Error, S3Settings, S3Store};
