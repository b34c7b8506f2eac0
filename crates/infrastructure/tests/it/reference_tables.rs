//! The memory of postings is right because its tables are marked: SQLite itself is asked which tables each statement
//! reads and writes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use application::master_data::registry::RESOURCES;
use infrastructure::persistence;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::reference_tables::{MARKED, Touch, of_table, written_tables};
use rusqlite::hooks::{AuthAction, Authorization};

use crate::statements::migrated;

#[derive(Default)]
struct Tables {
    read: BTreeSet<String>,
    written: BTreeSet<String>,
}

/// The tables a text touches, as the engine sees it when it prepares it.
fn tables(connection: &rusqlite::Connection, text: &str) -> Tables {
    let seen = Arc::new(Mutex::new(Tables::default()));
    let noted = seen.clone();
    connection
        .authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
            let mut tables = noted.lock().unwrap();
            match context.action {
                AuthAction::Read { table_name, .. } => {
                    tables.read.insert(table_name.to_owned());
                }
                AuthAction::Insert { table_name }
                | AuthAction::Delete { table_name }
                | AuthAction::Update { table_name, .. } => {
                    tables.written.insert(table_name.to_owned());
                }
                _ => {}
            }
            Authorization::Allow
        }))
        .unwrap();
    connection.prepare(text).unwrap();
    connection.authorizer(None::<fn(rusqlite::hooks::AuthContext<'_>) -> Authorization>).unwrap();
    std::mem::take(&mut *seen.lock().unwrap())
}

#[test]
fn every_marked_table_is_there() {
    let connection = migrated();
    let master_data = RESOURCES.iter().filter(|resource| resource.reference).map(|resource| resource.entity);
    for table in MARKED.iter().map(|(table, _)| *table).chain(master_data) {
        let sql = format!("SELECT COUNT(*) FROM pragma_table_info('{table}')");
        let columns: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert!(columns > 0, "there is no table {table}");
    }
}

/// A table that postings remember and nobody marked would be remembered after it changed.
#[test]
fn every_table_that_is_remembered_is_marked() {
    let connection = migrated();
    let remembered = persistence::statements().into_iter().filter(|s| s.reference);
    let texts: Vec<(&str, &str, bool)> = remembered
        .map(|statement| (statement.name, statement.sqlite(), statement.grows()))
        .chain(
            persistence::lookups()
                .into_iter()
                .filter(|lookup| lookup.reference)
                .map(|lookup| (lookup.name, lookup.sqlite(), lookup.grows())),
        )
        .collect();
    assert!(texts.len() > 10, "only {} statements are remembered", texts.len());
    for (name, text, grows) in texts {
        let tables = tables(&connection, text);
        let unmarked: Vec<_> = tables
            .read
            .iter()
            .filter(|table| of_table(table) == Touch::Nothing && !table.is_empty())
            .collect();
        assert!(unmarked.is_empty(), "{name} remembers {unmarked:?}; mark them");
        assert_eq!(grows, tables.read.iter().any(|table| of_table(table) == Touch::Grows), "{name}");
        let first = text.contains("tenant_id = ?1") || text.contains("t.id = ?1");
        assert!(first, "{name} is remembered of a tenant, which is its first parameter");
    }
}

/// A statement tells from its own text what it writes; the engine agrees.
#[test]
fn every_write_is_seen() {
    let connection = migrated();
    let mut writes = 0;
    for statement in persistence::statements() {
        let (text, tables) = (statement.sqlite(), tables(&connection, statement.sqlite()));
        let told: BTreeSet<String> = written_tables(text).map(str::to_owned).collect();
        assert_eq!(told, tables.written, "{}", statement.name);
        let touch = tables.written.iter().map(|table| of_table(table)).max().unwrap_or(Touch::Nothing);
        assert_eq!(statement.touches(Dialect::Sqlite), touch, "{}", statement.name);
        assert!(statement.touches(Dialect::SqlServer) >= touch, "{}", statement.name);
        if touch != Touch::Nothing {
            writes += 1;
            let first = text.contains("tenant_id = ?1")
                || text.contains("(tenant_id, ")
                || text.contains("tenant SET ") && text.contains("WHERE id = ?1")
                || text.contains("INTO tenant (id, ");
            assert!(first, "{} writes reference data of the tenant in its first parameter", statement.name);
        }
    }
    assert!(writes > 20, "only {writes} statements write reference data");
    for bulk in persistence::bulks() {
        assert_eq!(bulk.columns[0].0, "tenant_id", "{}", bulk.name);
    }
    for update in persistence::bulk_updates() {
        assert_eq!(update.columns[0].0, "tenant_id", "{}", update.name);
    }
}

/// Writes that are no reference data by any means, and were taken for it.
#[test]
fn uploads_and_rights_leave_what_postings_remember_alone() {
    let harmless = [
        "platform.attachment.insert",
        "platform.attachment.update",
        "platform.stored_blob.note",
        "platform.stored_blob.keep",
        "platform.role.update",
        "platform.setting.update",
        "platform.membership.insert",
    ];
    for statement in persistence::statements().into_iter().filter(|s| harmless.contains(&s.name)) {
        for dialect in [Dialect::Sqlite, Dialect::SqlServer] {
            assert_eq!(statement.touches(dialect), Touch::Nothing, "{}", statement.name);
        }
    }
}
