use migration::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
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
    check_version(&transaction).await?;
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
    check_version(&transaction).await?;
    Migrator::down(&transaction, Some(steps)).await?;
    transaction.commit().await
}

/// Every migration, in order.
///
/// # Errors
///
/// [`DbErr`].
pub async fn migration_states(database: &DatabaseConnection) -> Result<Vec<MigrationState>, DbErr> {
    check_version(database).await?;
    let migrations = Migrator::get_migration_with_status(database).await?;
    let state = |migration: &sea_orm_migration::Migration| MigrationState {
        name: migration.name().to_owned(),
        applied: migration.status() == MigrationStatus::Applied,
    };
    Ok(migrations.iter().map(state).collect())
}

/// Refuses a database that another version of the program has migrated further or differently.
async fn check_version(database: &impl ConnectionTrait) -> Result<(), DbErr> {
    let known: Vec<_> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(database).await?;
    match applied.iter().rfind(|migration| !known.contains(&migration.version)) {
        Some(unknown) => Err(DbErr::Custom(format!(
            "the database has a migration that this version does not know, {}: \
             revert it with the version that applied it, or use an empty database",
            unknown.version
        ))),
        None => Ok(()),
    }
}
