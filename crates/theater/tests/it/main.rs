//! The whole system through real HTTP, and the executable as its users start it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod accounts;
mod administration;
mod app;
mod browsing;
mod careless;
mod catalogue;
mod command_line;
mod containers;
mod crash;
mod errors;
mod films_as_csv;
mod forged_tokens;
mod interrupted_import;
mod layers;
mod limits;
mod mail_faults;
mod openapi;
mod pages;
mod password_table;
mod passwords;
mod pictures;
mod privacy;
mod profiles;
mod races;
mod smuggling;
mod tour;
