use migration::Migrator;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::catalogue::fill_in;

/// Key of the advisory lock: an arbitrary number, the same in every process.
const MIGRATION_LOCK: i64 = 0x4d6f_7669_6573;

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

/// A transaction that excludes other migrating processes.
pub(crate) async fn begin_alone(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let transaction = database.begin_with_options(options).await?;
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        // The timeouts of ordinary statements are too short for changing tables, or for waiting for a process that does.
        let sql = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
        );
        transaction.execute_unprepared(&sql).await?;
    }
    Ok(transaction)
}
