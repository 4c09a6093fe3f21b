//! The whole system through real HTTP, and the executable as its users start it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod administration;
mod app;
mod catalogue;
mod command_line;
mod crash;
mod errors;
mod layers;
mod limits;
mod mail_faults;
mod openapi;
mod pages;
mod passwords;
mod races;
mod tour;
