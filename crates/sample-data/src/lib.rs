//! Movies to try the service with: a sample of real ones, and any number of fictitious ones.
//!
//! Both are rows of an import, so they are loaded like the movies of any file.
//!
//! This crate must never know how rows are stored, read or written.
//!
//! Start reading at [`synthetic_rows`].

mod synthetic;

pub use synthetic::synthetic_rows;

/// The sample catalogue as CSV: real movies with original overviews.
pub const SAMPLE_CSV: &[u8] = include_bytes!("../movies.csv");
