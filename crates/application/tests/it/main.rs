//! Tests of the use cases with fakes: no database, no network.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod activate;
mod admin;
mod administration;
mod authenticate;
mod catalogue;
mod deliver;
mod export;
mod import;
mod limits;
mod login;
mod logout;
mod passwords;
mod profiles;
mod refresh;
mod register;
mod retention;
mod sessions;
mod taxonomies;
mod world;
