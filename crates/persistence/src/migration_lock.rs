use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait,
};

use crate::store::IMMEDIATE;

/// Key of the advisory lock: an arbitrary number, the same in every process.
const MIGRATION_LOCK: i64 = 0x4d6f_7669_6573;

/// A transaction that excludes other migrating processes.
pub(crate) async fn begin_alone(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
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
