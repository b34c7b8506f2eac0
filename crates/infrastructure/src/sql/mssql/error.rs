//! The meaning of SQL Server's errors to a caller, by number (row G2).

use application::ports::storage_error::StorageError;
use mssql_client::Error;

use super::super::constraints;
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
/// A login refused for a moment, as Azure does while it moves or throttles a database (row G2).
const MOVING: [i32; 13] =
    [233, 4060, 4221, 10053, 10054, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920];
/// No space in a file, in the log, or in an elastic quota; a read-only database or replica.
const FULL: [i32; 8] = [1101, 1105, 9002, 40544, 40551, 40552, 3906, 3908];
/// The engine's own errors have smaller numbers, and the product's three are known before. An error from here on comes from
/// something around the engine that has no number for what happened to the session, such as a server of another make
/// that ends it: what it did to the transaction is not known, as when the connection is lost.
const NOT_OF_THE_ENGINE: i32 = 50_000;
/// Login refused: dialling again does not help, and may lock it.
const LOGIN: [i32; 4] = [18456, 18452, 18470, 18487];

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
        return violation(constraint_of(number, &message), text);
    }
    if number == ROWS_CHANGED || number == LOCK_REFUSED || RETRYABLE.contains(&number) {
        return StorageError::Retryable(text);
    }
    if FULL.contains(&number) {
        return StorageError::Full(text);
    }
    if LOGIN.contains(&number) {
        return StorageError::Unusable(text);
    }
    if SESSION_ENDED.contains(&number) || class >= FATAL_CLASS {
        return StorageError::Unavailable(text);
    }
    if number >= NOT_OF_THE_ENGINE {
        return StorageError::Unavailable(text);
    }
    StorageError::Internal(text)
}

/// The meaning of a violated constraint. A reference may be refused from either end; the request that met it tells
/// which ([`of_request`]).
fn violation(name: &str, detail: String) -> StorageError {
    if constraints::is_first_use(name) {
        return StorageError::Retryable(detail);
    }
    if let Some(unique) = constraints::by_name(name) {
        return StorageError::Taken { constraint: unique.name, field: unique.field, value: None, detail };
    }
    if let Some(key) = constraints::foreign_key_named(name) {
        return key.unknown(None, detail);
    }
    // Servers that make index names of their own put something behind ours.
    let explained = constraints::EXPLAINED.iter().find(|known| name.starts_with(**known));
    StorageError::Constraint { constraint: explained.copied().unwrap_or(name).to_owned(), detail }
}

/// The error of a request with this text: a refused reference of a deletion is reported as such.
pub fn of_request(error: Error, sql: &str) -> StorageError {
    match storage_error(error) {
        StorageError::UnknownReference { constraint, detail, .. }
            if constraints::foreign_key_named(&constraint).is_some_and(|key| deletes(sql, &key.parent)) =>
        {
            match constraints::foreign_key_named(&constraint) {
                Some(key) => key.in_use(detail),
                None => StorageError::Constraint { constraint, detail },
            }
        }
        error => error,
    }
}

/// Whether a text deletes rows of this table.
fn deletes(sql: &str, table: &str) -> bool {
    let words: Vec<&str> =
        sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    words.windows(3).any(|words| words == ["DELETE", "FROM", table])
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

/// Whether a login was refused or broke off for a moment: the server fails over, starts, or has too many.
pub fn is_moving(error: &Error) -> bool {
    match error {
        Error::Server { number, .. } => MOVING.contains(number),
        Error::ConnectionClosed | Error::Codec(_) => true,
        _ => false,
    }
}

/// Whether the login failed because the database does not exist.
pub fn is_missing_database(error: &Error) -> bool {
    matches!(error, Error::Server { number: 4060 | 911, .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number and the name of the constraint decide, in whatever language the server speaks.
    #[test]
    fn a_refused_reference_says_what_refers_to_what() {
        let refused = || Error::Server {
            number: 547,
            class: 16,
            state: 0,
            message:
                "Die DELETE-Anweisung steht in Konflikt mit der Einschränkung \"fk_role_assignment_role_id\"."
                    .to_owned(),
            server: None,
            procedure: None,
            line: 1,
        };
        let used = of_request(refused(), "UPDATE role SET version = 2;\nDELETE FROM role WHERE id = @p1;");
        assert!(matches!(&used, StorageError::InUse { users, .. } if users == "role_assignment"), "{used:?}");
        let unknown = of_request(refused(), "INSERT INTO role_assignment (tenant_id, id) VALUES (@p1, @p2);");
        let StorageError::UnknownReference { field, resource, .. } = unknown else { panic!("{unknown:?}") };
        assert_eq!((field.as_str(), resource.as_str()), ("roleId", "role"));
    }

    /// Proves: G2, X61.
    #[test]
    fn numbers_decide() {
        let of = |number, message: &str| server_error(number, 16, message.to_owned());
        let constraint =
            of(2627, "Violation of UNIQUE KEY constraint 'uq_account_code'. Cannot insert duplicate key");
        assert!(matches!(
            constraint,
            StorageError::Taken { constraint: "uq_account_code", field: "code", .. }
        ));
        let text = "Cannot insert duplicate key row in object 'dbo.journal_entry' with unique index \
                    'uq_journal_entry_number'. The duplicate key value is (0x01, 'a').";
        let index = of(UNIQUE_INDEX, text);
        assert!(
            matches!(index, StorageError::Constraint { constraint, .. } if constraint == "uq_journal_entry_number")
        );
        let first = of(UNIQUE_INDEX, &text.replace("uq_journal_entry_number", "pk_idempotency"));
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
            matches!(of(18456, "Login failed"), StorageError::Unusable(_)),
            "a wrong password is not transient"
        );
        assert!(matches!(of(9002, "log full"), StorageError::Full(_)));
        assert!(matches!(of(207, "Invalid column"), StorageError::Internal(_)));
        // The number alone decides: the text may be in any language.
        for text in ["terminating connection", "statement timeout", "die Verbindung wird beendet"] {
            assert!(matches!(of(33_557_097, text), StorageError::Unavailable(_)), "{text}");
        }
    }
}
