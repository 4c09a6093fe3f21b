//! Tests of the whole system over real HTTP, and of the executable as users start it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod accounts;
mod administration;
mod app;
mod backup;
mod bounds;
mod browsing;
mod catalogue;
mod command_line;
mod conditional;
mod containers;
mod crash;
mod disk_full;
mod errors;
mod faulty;
mod forged_tokens;
mod hygiene;
mod interrupted_import;
mod justfile;
mod large_bodies;
mod layers;
mod legacy_import;
mod limits;
mod log_lines;
mod mail_faults;
mod movies_as_csv;
mod oauth;
mod observation;
mod openapi;
mod pages;
mod password_table;
mod passwords;
mod pictures;
mod postgres_faults;
mod privacy;
mod profiles;
mod races;
mod shared_replies;
mod shutdown;
mod slow_clients;
mod smuggling;
mod tour;
mod try_it_out;
