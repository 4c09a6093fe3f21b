use domain::store::StoreError;
use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

/// Converts a database error to an error of the domain.
///
/// Transient failures are [`StoreError::Unavailable`]: no connection, a full disk, a lock or a timeout. A violated unique
/// constraint is [`StoreError::Conflict`]. Any other failure is a bug and [`StoreError::Failed`].
#[must_use]
pub(crate) fn store_error(error: DbErr) -> StoreError {
    if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
        StoreError::Conflict
    } else if is_unavailable(&error) {
        StoreError::Unavailable(Box::new(error))
    } else {
        StoreError::Failed(Box::new(error))
    }
}

/// The error of a stored row that is not a valid value of the domain.
pub(crate) fn corrupt(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Failed(Box::new(error))
}

fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match &**error {
                SqlxError::Database(error) => error.code().is_some_and(|code| is_transient(&code)),
                SqlxError::Io(_)
                | SqlxError::Tls(_)
                | SqlxError::Protocol(_)
                | SqlxError::PoolTimedOut
                | SqlxError::PoolClosed
                | SqlxError::WorkerCrashed => true,
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether a database's error code is transient.
///
/// PostgreSQL has five characters, of which the first two are a class: 08 connection, 53 out of resources, 57 operator
/// intervention (which includes the statement timeout), 58 system error, and 25006 read-only, 40001 serialization,
/// 40P01 deadlock, 55P03 lock not available. SQLite has numbers, of which the lowest byte is the kind: 5 busy,
/// 6 locked, 8 read-only, 10 I/O, 13 full, 14 cannot open.
fn is_transient(code: &str) -> bool {
    if code.len() == 5 {
        let class = &code[..2];
        return matches!(class, "08" | "53" | "57" | "58")
            || matches!(code, "25006" | "40001" | "40P01" | "55P03");
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transient_codes_are_distinguished_from_bugs() {
        for code in
            ["08006", "53300", "57014", "57P01", "40001", "40P01", "55P03", "5", "261", "517", "13", "10"]
        {
            assert!(is_transient(code), "{code}");
        }
        for code in ["42601", "23503", "23505", "22P02", "1", "19", "787", ""] {
            assert!(!is_transient(code), "{code}");
        }
    }

    #[test]
    fn a_pool_without_a_free_connection_is_unavailable() {
        let error = DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout);
        assert!(matches!(store_error(error), StoreError::Unavailable(_)));
    }
}
