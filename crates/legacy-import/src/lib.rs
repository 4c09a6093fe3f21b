//! The legacy import: copies accounts with their passwords, profiles and pictures, and movies from a py-online-cinema.
//!
//! It reads the legacy database and stores through the use cases of `application`, so imported data obeys the same rules as
//! any other. Its rows are not validated: `accounts.rs` and `movies.rs` convert them to values of the domain.
//!
//! This crate must never change the legacy database, and must never know which database the service uses.
//!
//! Start reading at [`import_legacy`], then [`LegacyDatabase`].

mod accounts;
mod database;
mod import;
mod movies;
mod pictures;

pub use database::LegacyDatabase;
pub use import::{LegacyImportError, LegacyImportReport, import_legacy};
