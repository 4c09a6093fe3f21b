//! The migrations, one file each, for PostgreSQL and SQLite from one source.
//!
//! A released migration is never changed; a new one is added after it. This crate knows tables and not what they mean.
//! Start reading at [`m20261101_000001_accounts`].

pub mod m20261101_000001_accounts;
pub mod m20261101_000002_catalogue;
pub mod m20261101_000003_outbox;
pub mod m20261122_000004_registrations;
pub mod m20261122_000005_known_networks;
pub mod m20261122_000006_avatar_uploads;
pub mod m20261122_000007_catalogue_at_scale;
pub mod m20261123_000008_counts_at_once;
pub mod m20261124_000009_names;
mod tables;

use sea_orm_migration::prelude::*;

/// All migrations, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261101_000001_accounts::Migration),
            Box::new(m20261101_000002_catalogue::Migration),
            Box::new(m20261101_000003_outbox::Migration),
            Box::new(m20261122_000004_registrations::Migration),
            Box::new(m20261122_000005_known_networks::Migration),
            Box::new(m20261122_000006_avatar_uploads::Migration),
            Box::new(m20261122_000007_catalogue_at_scale::Migration),
            Box::new(m20261123_000008_counts_at_once::Migration),
            Box::new(m20261124_000009_names::Migration),
        ]
    }
}
