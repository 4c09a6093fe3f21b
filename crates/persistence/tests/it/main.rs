//! Tests of the store against real databases: SQLite always, PostgreSQL where available.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod catalogue;
mod concurrency;
mod lists;
mod migrations;
mod outbox;
mod world;
