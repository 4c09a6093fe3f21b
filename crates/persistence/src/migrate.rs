use migration::Migrator;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::catalogue::fill_in;

/// Any number, the same in every process.
const MIGRATION_LOCK: i64 = 0x4d6f_7669_6573;

/// One step and whether the database has taken it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// The step.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// Brings the database up to date, all steps or none, and then fills in what steps leave to the program, batch by batch. Any number of processes may do so at once: one does the work and
/// the others wait for it and find it done.
///
/// # Errors
///
/// The database's own; nothing was changed then.
pub async fn migrate_up(database: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_alone(database).await?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await?;
    fill_in(database).await
}

/// Takes back the last `steps` steps, and what they hold with them.
///
/// # Errors
///
/// The database's own; nothing was changed then.
pub async fn migrate_down(database: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    let transaction = begin_alone(database).await?;
    Migrator::down(&transaction, Some(steps)).await?;
    transaction.commit().await
}

/// Every step, in order.
///
/// # Errors
///
/// The database's own.
pub async fn migration_states(database: &DatabaseConnection) -> Result<Vec<MigrationState>, DbErr> {
    let steps = Migrator::get_migration_with_status(database).await?;
    let state = |step: &sea_orm_migration::Migration| MigrationState {
        name: step.name().to_owned(),
        applied: step.status() == MigrationStatus::Applied,
    };
    Ok(steps.iter().map(state).collect())
}

/// A transaction that no other migrating process can have at the same time.
pub(crate) async fn begin_alone(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let transaction = database.begin_with_options(options).await?;
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        // The limits of ordinary statements are too tight for changing tables, or for waiting while another does.
        let sql = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
        );
        transaction.execute_unprepared(&sql).await?;
    }
    Ok(transaction)
}
