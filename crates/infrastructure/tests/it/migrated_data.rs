//! What is in a database of an earlier version is still there, and means the same, after the migrations that came since.

use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::MIGRATIONS;
use rusqlite::Connection;

fn apply(connection: &Connection, numbers: std::ops::RangeInclusive<i64>) {
    for migration in MIGRATIONS.iter().filter(|migration| numbers.contains(&migration.number)) {
        connection.execute_batch(migration.text(Dialect::Sqlite)).unwrap();
    }
}

fn one<T: rusqlite::types::FromSql>(connection: &Connection, text: &str) -> T {
    connection.query_row(text, [], |row| row.get(0)).unwrap()
}

/// An id whose bytes are all the same.
fn id(byte: u8) -> String {
    format!("x'{}'", format!("{byte:02x}").repeat(16))
}

#[test]
fn recurring_entries_belong_to_whoever_saved_them_last() {
    let connection = Connection::open_in_memory().unwrap();
    apply(&connection, 1..=4);
    let (tenant, entry, system) = (id(1), id(2), id(3));
    for (id, code) in [(&entry, "RENT"), (&system, "OTHER")] {
        let text = format!(
            "INSERT INTO recurring_entry (tenant_id, id, code, schedule, template, start_date, next_date, auto_post, active, \
             created_at, updated_at, version) VALUES ({tenant}, {id}, '{code}', '{{}}', '{{}}', 20260101, 20260501, 1, 1, 0, 0, 3)"
        );
        connection.execute(&text, []).unwrap();
    }
    for (n, user, action) in
        [(10, Some(7), "created"), (11, Some(8), "updated"), (12, Some(9), "ran"), (13, None, "updated")]
    {
        let user = user.map_or("NULL".to_owned(), id);
        let text = format!(
            "INSERT INTO audit_log (tenant_id, id, recorded_at, actor_kind, user_id, action, entity, entity_id, request_id) \
             VALUES ({tenant}, {}, 0, 'user', {user}, '{action}', 'recurring_entry', {entry}, 'r')",
            id(n)
        );
        connection.execute(&text, []).unwrap();
    }
    apply(&connection, 5..=i64::MAX);
    let ordered_by = |id: &str| -> Option<Vec<u8>> {
        one(&connection, &format!("SELECT ordered_by FROM recurring_entry WHERE id = {id}"))
    };
    assert_eq!((ordered_by(&entry), ordered_by(&system)), (Some(vec![8; 16]), None));
    let text = format!(
        "SELECT next_date FROM recurring_entry WHERE id = {entry} AND settled_through IS NULL AND failed_count = 0"
    );
    assert_eq!(one::<i64>(&connection, &text), 20_260_501);
}

#[test]
fn values_take_postings_and_rules_stay() {
    let connection = Connection::open_in_memory().unwrap();
    apply(&connection, 1..=4);
    let (tenant, dimension) = (id(1), id(2));
    let value = format!(
        "INSERT INTO dimension_value (tenant_id, id, dimension_id, code, search, active, created_at, updated_at, version) \
         VALUES ({tenant}, {}, {dimension}, 'RUH', '', 1, 0, 0, 1)",
        id(3)
    );
    let rule = format!(
        "INSERT INTO dimension_rule (tenant_id, id, kind, account_code_prefix, dimension_id, active, created_at, updated_at, version) \
         VALUES ({tenant}, {}, 'mandatory', '62', {dimension}, 1, 5, 6, 7)",
        id(4)
    );
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute(&value, []).unwrap();
    connection.execute(&rule, []).unwrap();
    apply(&connection, 5..=i64::MAX);
    assert_eq!(one::<i64>(&connection, "SELECT postable FROM dimension_value"), 1);
    let kept = "SELECT kind || account_code_prefix || created_at || updated_at || version FROM dimension_rule WHERE active = 1";
    assert_eq!(one::<String>(&connection, kept), "mandatory62567");
    connection.execute("UPDATE dimension_rule SET kind = 'optional'", []).unwrap();
    connection.execute("UPDATE dimension_rule SET kind = 'other'", []).unwrap_err();
}
