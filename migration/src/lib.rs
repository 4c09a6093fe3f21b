//! The migrations, one file for each capability, for PostgreSQL and SQLite from one source.
//!
//! A released migration is never changed; a new one is added after it. This crate knows tables and not what they mean.
//! Start reading at [`m20261124_000001_accounts`].

mod catalogue_triggers;
pub mod m20261124_000001_accounts;
pub mod m20261124_000002_profiles;
pub mod m20261124_000003_catalogue;
pub mod m20261124_000004_outbox;
mod tables;

use sea_orm_migration::prelude::*;

/// All migrations, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_accounts::Migration),
            Box::new(m20261124_000002_profiles::Migration),
            Box::new(m20261124_000003_catalogue::Migration),
            Box::new(m20261124_000004_outbox::Migration),
        ]
    }
}
