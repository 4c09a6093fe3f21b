use migration::Migrator;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait,
};
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::store::IMMEDIATE;

/// Key of the advisory lock: an arbitrary number, the same in every process.
const MIGRATION_LOCK: i64 = 0x4d6f_7669_6573;

/// Creates the indexes for mistyped words. Their extension may be installed after the migration.
const INDEX_TRIGRAMS: &str = "DO $$ BEGIN
    -- Creating an index that is there would wait for writers all the same.
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
       AND (to_regclass('ix_search_words_trigrams') IS NULL OR to_regclass('ix_actors_trigrams') IS NULL) THEN
        CREATE INDEX IF NOT EXISTS ix_search_words_trigrams ON search_words USING gin (word gin_trgm_ops);
        CREATE INDEX IF NOT EXISTS ix_actors_trigrams ON actors USING gin (search_key gin_trgm_ops);
    END IF;
END $$";

/// A migration and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Name of the migration.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// Applies the pending migrations, all or none.
/// Any number of processes may call this at once: one does the work, and the others wait and find it done.
///
/// # Errors
///
/// [`DbErr`]; nothing was changed.
pub async fn migrate_up(database: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_alone(database).await?;
    check_version(&transaction).await?;
    Migrator::up(&transaction, None).await?;
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        transaction.execute_unprepared(INDEX_TRIGRAMS).await?;
    }
    transaction.commit().await
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

/// A transaction that excludes other migrating processes.
async fn begin_alone(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let transaction = database.begin_with_options(IMMEDIATE).await?;
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        // The timeouts of ordinary statements are too short for changing tables, or for waiting for a process that does.
        let sql = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
        );
        transaction.execute_unprepared(&sql).await?;
    }
    Ok(transaction)
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
