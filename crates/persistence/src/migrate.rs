use migration::Migrator;
use sea_orm::{DatabaseConnection, DbErr};
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::{catalogue::fill_in, migration_lock::begin_alone};

/// A migration and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Name of the migration.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// Applies the pending migrations, all or none, and then fills in the columns that they leave to the program, in batches.
/// Any number of processes may call this at once: one does the work, and the others wait and find it done.
///
/// # Errors
///
/// [`DbErr`]: either no migration was applied, or all were and the next call continues filling in.
pub async fn migrate_up(database: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_alone(database).await?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await?;
    fill_in(database).await
}

/// Reverts the last `steps` migrations and deletes their data.
///
/// # Errors
///
/// [`DbErr`]; nothing was changed.
pub async fn migrate_down(database: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    let transaction = begin_alone(database).await?;
    Migrator::down(&transaction, Some(steps)).await?;
    transaction.commit().await
}

/// Every migration, in order.
///
/// # Errors
///
/// [`DbErr`].
pub async fn migration_states(database: &DatabaseConnection) -> Result<Vec<MigrationState>, DbErr> {
    let migrations = Migrator::get_migration_with_status(database).await?;
    let state = |migration: &sea_orm_migration::Migration| MigrationState {
        name: migration.name().to_owned(),
        applied: migration.status() == MigrationStatus::Applied,
    };
    Ok(migrations.iter().map(state).collect())
}
