//! What SQL Server's errors mean to a caller, by number (row G2).

use application::ports::storage_error::StorageError;
use mssql_client::Error;

use super::batch::{LOCK_REFUSED, REPLAY, ROWS_CHANGED};

/// Deadlock victim, lock time-out, snapshot conflict: the transaction is certainly undone, also when it was committing.
const RETRYABLE: [i32; 4] = [1205, 1222, 3960, 3966];
/// The session has ended or is about to: what Azure says while it moves or throttles a database, a transport that broke, a
/// `KILL` (596), a shutdown (6005), a replica that changes its role. A commit that gets one of these may have happened.
const SESSION_ENDED: [i32; 25] = [
    64, 233, 596, 976, 983, 4060, 4221, 6005, 10053, 10054, 10060, 10928, 10929, 17142, 18401, 40143, 40197,
    40501, 40540, 40613, 41302, 41305, 49918, 49919, 49920,
];
/// Errors of this severity and above end the connection.
const FATAL_CLASS: u8 = 20;
/// Unique key, unique index, foreign key or check.
const CONSTRAINT: [i32; 3] = [2627, UNIQUE_INDEX, 547];
/// A unique index that is no constraint, such as a filtered one.
const UNIQUE_INDEX: i32 = 2601;
/// A login refused for a moment.
const MOVING: [i32; 9] = [4221, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920];
/// Rows that several transactions may make at once on first use: the one that came second runs again and finds it.
const FIRST_USE: [&str; 10] = [
    // The same request under the same key, twice at once: the second run finds the answer of the first.
    "pk_idempotency",
    "uq_journal_entry_chain",
    "pk_counter",
    "pk_lease",
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
        Error::Server { number, class, message, .. } => server_error(number, class, message),
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

fn server_error(number: i32, class: u8, message: String) -> StorageError {
    let text = format!("SQL Server error {number}: {message}");
    if CONSTRAINT.contains(&number) {
        let constraint = constraint_of(number, &message);
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
    if LOGIN.contains(&number) || SESSION_ENDED.contains(&number) || class >= FATAL_CLASS {
        return StorageError::Unavailable(text);
    }
    let says = |part: &str| message.contains(part);
    match number {
        STAND_IN if says("could not serialize") || says("deadlock") || says("lock timeout") => {
            StorageError::Retryable(text)
        }
        STAND_IN if says("statement timeout") => StorageError::Timeout(text),
        STAND_IN if says("terminating connection") => StorageError::Unavailable(text),
        _ => StorageError::Internal(text),
    }
}

/// The constraint a message names: the first name in quotation marks, but of a unique index the second, after its table.
fn constraint_of(number: i32, message: &str) -> &str {
    let mut quoted = message.split(['\'', '"']).skip(1).step_by(2);
    let place = usize::from(number == UNIQUE_INDEX);
    quoted.nth(place).unwrap_or_default()
}

/// Whether a work's idempotency key has an answer already.
pub fn is_replay(error: &Error) -> bool {
    matches!(error, Error::Server { number: REPLAY, .. })
}

/// Whether the server refused a login for a moment: it fails over, starts, or has too many.
pub fn is_moving(error: &Error) -> bool {
    matches!(error, Error::Server { number, .. } if MOVING.contains(number))
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
        let of = |number, message: &str| server_error(number, 16, message.to_owned());
        let constraint =
            of(2627, "Violation of UNIQUE KEY constraint 'uq_account_code'. Cannot insert duplicate key");
        assert!(
            matches!(constraint, StorageError::Constraint { constraint, .. } if constraint == "uq_account_code")
        );
        let text = "Cannot insert duplicate key row in object 'dbo.journal_entry' with unique index \
                    'uq_journal_entry_number'. The duplicate key value is (0x01, 'a').";
        let index = of(UNIQUE_INDEX, text);
        assert!(
            matches!(index, StorageError::Constraint { constraint, .. } if constraint == "uq_journal_entry_number")
        );
        let first = of(UNIQUE_INDEX, &text.replace("uq_journal_entry_number", FIRST_USE[0]));
        assert!(matches!(first, StorageError::Retryable(_)), "{first}");
        assert!(matches!(of(1205, "deadlock"), StorageError::Retryable(_)));
        // Whether a commit that is answered so has happened is not known, so it is not simply run again.
        for number in [596, 10054, 40197, 40613] {
            assert!(
                matches!(of(number, "not currently available"), StorageError::Unavailable(_)),
                "{number}"
            );
        }
        assert!(matches!(server_error(21, 21, "fatal".to_owned()), StorageError::Unavailable(_)));
        assert!(matches!(of(ROWS_CHANGED, "a.update"), StorageError::Retryable(_)));
        assert!(
            matches!(of(18456, "Login failed"), StorageError::Unavailable(_)),
            "a wrong password is not transient"
        );
        assert!(matches!(of(9002, "log full"), StorageError::Full(_)));
        assert!(matches!(of(207, "Invalid column"), StorageError::Internal(_)));
    }
}
