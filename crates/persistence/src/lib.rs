//! The store: accounts, movies and the outbox in PostgreSQL or SQLite, over SeaORM.
//!
//! Each context has a store on the [`Database`] ([`AccountStore`], [`ProfileStore`], [`CatalogueStore`]), which implements its
//! unit of work, repositories and queries. A row type never leaves this crate: results are
//! values of the domain, and a row that is not a valid one is reported as `StoreError::Failed`.
//!
//! This crate must never know who calls it or why: no use cases, no HTTP, no decisions.
//!
//! Start reading at [`Database`] in `store.rs`, then `accounts/users.rs`, then `catalogue/read/list.rs`.

mod accounts;
mod bounded;
mod catalogue;
mod connect;
mod entities;
mod error;
mod migrate;
mod outbox;
mod profiles;
mod sql;
mod store;

pub use accounts::AccountStore;
pub use catalogue::CatalogueStore;
pub use connect::{ConnectError, PoolUse, Pools, connect};
pub(crate) use error::store_error;
pub use migrate::{MigrationState, migrate_down, migrate_up, migration_states};
pub use profiles::ProfileStore;
pub use store::Database;
