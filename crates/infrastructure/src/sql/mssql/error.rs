//! What SQL Server's errors mean to a caller, by number (row G2).

use application::ports::storage_error::StorageError;
use mssql_client::Error;

use super::batch::{LOCK_REFUSED, REPLAY, ROWS_CHANGED};

/// Deadlock victim, snapshot conflict, lock time-out, and what Azure says while it moves a database.
const RETRYABLE: [i32; 21] = [
    1205, 1222, 3960, 3966, 4060, 4221, 10053, 10054, 10060, 10928, 10929, 40143, 40197, 40501, 40540, 40613,
    49918, 49919, 49920, 233, 64,
];
/// Unique key, unique index, foreign key or check.
const CONSTRAINT: [i32; 3] = [2627, 2601, 547];
/// Rows that several transactions may make at once on first use: the one that came second runs again and finds it.
const FIRST_USE: [&str; 9] = [
    // The same request under the same key, twice at once: the second run finds the answer of the first.
    "pk_idempotency",
    "uq_journal_entry_chain",
    "pk_counter",
    "pk_number_series_counter",
    "pk_journal_chain",
    "pk_account_balance",
    "pk_daily_balance",
    "pk_dimension_balance",
    "uq_dimension_set_content_key",
];
/// No space in a file, in the log, or in an elastic quota; a read-only database or replica.
const FULL: [i32; 8] = [1101, 1105, 9002, 40544, 40551, 40552, 3906, 3908];
/// Login refused: retrying does not help.
const LOGIN: [i32; 4] = [18456, 18452, 18470, 18487];
/// What the stand-in answers for anything PostgreSQL knows and T-SQL has no number for.
const STAND_IN: i32 = 33_557_097;

pub fn storage_error(error: Error) -> StorageError {
    match error {
        Error::Server { number, message, .. } => server_error(number, message),
        Error::CommandTimeout => StorageError::Timeout("SQL Server did not answer in time".to_owned()),
        Error::ConnectTimeout { .. } | Error::TlsTimeout { .. } | Error::LoginTimeout { .. } => {
            StorageError::Unavailable(error.to_string())
        }
        Error::Connection(_)
        | Error::ConnectionClosed
        | Error::Io(_)
        | Error::Tls(_)
        | Error::Authentication(_)
        | Error::Routing { .. }
        | Error::TooManyRedirects { .. }
        | Error::BrowserResolution { .. }
        | Error::Cancelled
        | Error::Cancel(_)
        | Error::Codec(_) => StorageError::Unavailable(error.to_string()),
        other => StorageError::Internal(other.to_string()),
    }
}

fn server_error(number: i32, message: String) -> StorageError {
    let text = format!("SQL Server error {number}: {message}");
    if CONSTRAINT.contains(&number) {
        let constraint = quoted(&message);
        if FIRST_USE.iter().any(|name| constraint.starts_with(name)) {
            return StorageError::Retryable(text);
        }
        return StorageError::Constraint { constraint: constraint.to_owned(), detail: text };
    }
    if number == ROWS_CHANGED || number == LOCK_REFUSED || RETRYABLE.contains(&number) {
        return StorageError::Retryable(text);
    }
    if FULL.contains(&number) {
        return StorageError::Full(text);
    }
    if LOGIN.contains(&number) {
        return StorageError::Unavailable(text);
    }
    let says = |part: &str| message.contains(part);
    match number {
        STAND_IN if says("could not serialize") || says("deadlock") || says("lock timeout") => {
            StorageError::Retryable(text)
        }
        STAND_IN if says("statement timeout") => StorageError::Timeout(text),
        _ => StorageError::Internal(text),
    }
}

/// The first quoted name of a message, which is the constraint's.
fn quoted(message: &str) -> &str {
    let mut parts = message.splitn(3, ['\'', '"']);
    let _ = parts.next();
    parts.next().unwrap_or_default()
}

/// Whether a work's idempotency key has an answer already.
pub fn is_replay(error: &Error) -> bool {
    matches!(error, Error::Server { number: REPLAY, .. })
}

/// Whether the login failed because the database does not exist.
pub fn is_missing_database(error: &Error) -> bool {
    matches!(error, Error::Server { number: 4060 | 911, .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_decide() {
        let of = |number, message: &str| server_error(number, message.to_owned());
        let constraint =
            of(2627, "Violation of UNIQUE KEY constraint 'uq_account_code'. Cannot insert duplicate key");
        assert!(
            matches!(constraint, StorageError::Constraint { constraint, .. } if constraint == "uq_account_code")
        );
        assert!(matches!(of(1205, "deadlock"), StorageError::Retryable(_)));
        assert!(matches!(of(40613, "not currently available"), StorageError::Retryable(_)));
        assert!(matches!(of(ROWS_CHANGED, "a.update"), StorageError::Retryable(_)));
        assert!(
            matches!(of(18456, "Login failed"), StorageError::Unavailable(_)),
            "a wrong password is not transient"
        );
        assert!(matches!(of(9002, "log full"), StorageError::Full(_)));
        assert!(matches!(of(207, "Invalid column"), StorageError::Internal(_)));
    }
}
