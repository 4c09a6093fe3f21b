//! Use cases of the Movie Theater: one use case, one file, one public function.
//!
//! A use case takes its dependencies as one bundle of ports ([`accounts::Accounts`], [`catalogue::Catalogue`],
//! [`profiles::Profiles`]) and a command made of domain values, and returns domain values or its own error enum.
//! Slow work (hashing, sending) is done outside of units of work, and each unit of work is committed in the last line. A use
//! case that fails has changed nothing, unless its documentation says otherwise.
//!
//! This crate must never know how anything is stored, sent or served: no SQL, no HTTP, no JSON.
//!
//! Start reading at [`accounts::login`], then [`accounts::register`], then [`catalogue::update_movie`].

pub mod accounts;
pub mod administration;
pub mod catalogue;
pub mod jobs;
mod listing;
mod precondition;
pub mod profiles;
pub mod retention;

pub use listing::ListError;
pub use precondition::{Changed, Precondition};
