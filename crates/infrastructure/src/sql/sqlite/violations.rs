//! The meaning of a violated constraint, found out from the statement that met it: SQLite names the columns of a
//! unique constraint, and of a foreign key nothing at all.

use application::ports::storage_error::StorageError;
use rusqlite::{Connection, ErrorCode, ffi};

use super::super::constraints::{self, ForeignKey};
use super::super::reference_tables::written_tables;
use super::super::value::Value;
use super::values::{bind, storage_error};

/// The error of a statement with these parameters.
pub fn of_statement(
    connection: &Connection,
    error: rusqlite::Error,
    sql: &str,
    params: &[Value],
) -> StorageError {
    let rusqlite::Error::SqliteFailure(failure, detail) = &error else { return storage_error(error) };
    if failure.code != ErrorCode::ConstraintViolation {
        return storage_error(error);
    }
    let detail = detail.clone().unwrap_or_default();
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
            taken(detail, sql, params).unwrap_or_else(|| storage_error(error))
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
            let found = foreign_key(connection, sql, params, &detail);
            found.ok().flatten().unwrap_or_else(|| storage_error(error))
        }
        _ => storage_error(error),
    }
}

fn taken(detail: String, sql: &str, params: &[Value]) -> Option<StorageError> {
    let (_, columns) = detail.split_once(": ")?;
    let unique = constraints::by_columns(columns)?;
    let (_, column) = columns.rsplit_once('.')?;
    let value = parameter_of(sql, column).and_then(|index| params.get(index)).and_then(shown);
    Some(StorageError::Taken { constraint: unique.name, field: unique.field, value, detail })
}

/// Looks which reference of the written table leads nowhere, or which table still refers to the rows to be deleted.
fn foreign_key(
    connection: &Connection,
    sql: &str,
    params: &[Value],
    detail: &str,
) -> rusqlite::Result<Option<StorageError>> {
    let Some(table) = written_tables(sql).next() else { return Ok(None) };
    if !sql.trim_start().starts_with("DELETE") {
        for reference in references(connection, table)? {
            let Some(values) = values_of(sql, params, &reference.from) else { continue };
            if values.iter().all(|value| *value != Value::Null)
                && !exists(connection, &reference.parent, &reference.to, &values)?
            {
                let value = values.last().and_then(shown);
                return Ok(Some(reference.key().unknown(value, detail.to_owned())));
            }
        }
    }
    let mut tables =
        connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for child in tables {
        for reference in references(connection, &child)?.into_iter().filter(|of| of.parent == table) {
            let Some(values) = values_of(sql, params, &reference.to) else { continue };
            if exists(connection, &child, &reference.from, &values)? {
                return Ok(Some(reference.key().in_use(detail.to_owned())));
            }
        }
    }
    Ok(None)
}

/// A foreign key as the database itself has it.
struct Reference {
    child: String,
    parent: String,
    from: Vec<String>,
    to: Vec<String>,
}

impl Reference {
    fn key(&self) -> ForeignKey {
        ForeignKey::new(&self.child, self.from.last().map_or("", String::as_str), &self.parent)
    }
}

fn references(connection: &Connection, child: &str) -> rusqlite::Result<Vec<Reference>> {
    let mut listed = connection.prepare_cached(
        "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq",
    )?;
    let mut rows = listed.query([child])?;
    let mut references: Vec<(i64, Reference)> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if references.last().is_none_or(|(last, _)| *last != id) {
            let (child, parent) = (child.to_owned(), row.get(1)?);
            references.push((id, Reference { child, parent, from: Vec::new(), to: Vec::new() }));
        }
        if let Some((_, reference)) = references.last_mut() {
            reference.from.push(row.get(2)?);
            reference.to.push(row.get(3)?);
        }
    }
    Ok(references.into_iter().map(|(_, reference)| reference).collect())
}

fn exists(
    connection: &Connection,
    table: &str,
    columns: &[String],
    values: &[Value],
) -> rusqlite::Result<bool> {
    let equal: Vec<_> = (1..).zip(columns).map(|(n, column)| format!("{column} = ?{n}")).collect();
    let sql = format!("SELECT 1 FROM {table} WHERE {} LIMIT 1", equal.join(" AND "));
    let mut found = connection.prepare(&sql)?;
    bind(&mut found, values)?;
    Ok(found.raw_query().next()?.is_some())
}

fn values_of(sql: &str, params: &[Value], columns: &[String]) -> Option<Vec<Value>> {
    columns.iter().map(|column| params.get(parameter_of(sql, column)?).cloned()).collect()
}

/// Which parameter, from 0, a statement of the product gives a column: in `INSERT … (…) VALUES (…)`, or by `column = ?n`.
fn parameter_of(sql: &str, column: &str) -> Option<usize> {
    let number = |text: &str| -> Option<usize> {
        let digits: String =
            text.trim().strip_prefix('?')?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()?.checked_sub(1)
    };
    if sql.trim_start().starts_with("INSERT") {
        let (columns, rest) = sql.split_once('(')?.1.split_once(')')?;
        let (values, _) = rest.split_once("VALUES (")?.1.rsplit_once(')')?;
        let place = columns.split(',').position(|name| name.trim() == column)?;
        return number(values.split(',').nth(place)?);
    }
    let equal = format!("{column} = ");
    let mut places = sql.match_indices(&equal).filter(|(at, _)| {
        !sql[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '.')
    });
    places.find_map(|(at, _)| number(&sql[at + equal.len()..]))
}

/// A value as people write it; the others are told by nothing.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Id(id) => Some(id.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Date(date) => Some(date.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_of_a_column_is_found_in_the_text() {
        let insert = "INSERT INTO account (tenant_id, id, code) VALUES (?1, ?2, ?3)";
        assert_eq!(parameter_of(insert, "code"), Some(2));
        assert_eq!(parameter_of(insert, "name"), None);
        let update = "UPDATE account SET parent_code = ?2, code = ?3 WHERE tenant_id = ?1 AND id = ?4";
        assert_eq!(parameter_of(update, "code"), Some(2));
        assert_eq!(parameter_of(update, "id"), Some(3));
    }

    #[test]
    fn a_refusal_names_what_it_is_about() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "PRAGMA foreign_keys = ON;
                 CREATE TABLE role (tenant_id INTEGER, id INTEGER, code TEXT, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, code));
                 CREATE TABLE role_assignment (tenant_id INTEGER, id INTEGER PRIMARY KEY, role_id INTEGER,
                   FOREIGN KEY (tenant_id, role_id) REFERENCES role (tenant_id, id));
                 INSERT INTO role VALUES (1, 2, 'clerk'); INSERT INTO role_assignment VALUES (1, 7, 2);",
            )
            .unwrap();
        let run = |sql: &str, params: &[Value]| {
            let mut statement = connection.prepare(sql).unwrap();
            bind(&mut statement, params).unwrap();
            let error = statement.raw_execute().unwrap_err();
            of_statement(&connection, error, sql, params)
        };
        let twice = [Value::Int(1), Value::Int(3), Value::Text("clerk".to_owned())];
        let taken = run("INSERT INTO role (tenant_id, id, code) VALUES (?1, ?2, ?3)", &twice);
        assert!(
            matches!(&taken, StorageError::Taken { constraint: "uq_role_code", field: "code", value: Some(value), .. } if value == "clerk"),
            "{taken:?}"
        );
        let used = run("DELETE FROM role WHERE tenant_id = ?1 AND id = ?2", &[Value::Int(1), Value::Int(2)]);
        assert!(matches!(&used, StorageError::InUse { users, .. } if users == "role_assignment"), "{used:?}");
        let nowhere = [Value::Int(1), Value::Int(8), Value::Int(9)];
        let unknown =
            run("INSERT INTO role_assignment (tenant_id, id, role_id) VALUES (?1, ?2, ?3)", &nowhere);
        let StorageError::UnknownReference { field, resource, value, .. } = unknown else {
            panic!("{unknown:?}")
        };
        assert_eq!((field.as_str(), resource.as_str(), value.as_deref()), ("roleId", "role", Some("9")));
        let moved = run(
            "UPDATE role_assignment SET role_id = ?3 WHERE tenant_id = ?1 AND id = ?2",
            &[Value::Int(1), Value::Int(7), Value::Int(9)],
        );
        assert!(matches!(moved, StorageError::UnknownReference { .. }), "{moved:?}");
    }
}
