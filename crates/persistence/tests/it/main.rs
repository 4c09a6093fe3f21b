//! The store against real databases: SQLite always, PostgreSQL where there is one.

mod accounts;
mod catalogue;
mod concurrency;
mod migrations;
mod outbox;
mod world;
