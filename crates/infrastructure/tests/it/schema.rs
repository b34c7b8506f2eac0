//! The two schemas are one schema: same tables, columns, nullability, keys and indexes.

use std::collections::BTreeMap;

use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::MIGRATIONS;

/// `table.column` -> `NULL` or `NOT NULL`; `constraint name` and `index name` -> their columns.
fn shape(dialect: Dialect) -> BTreeMap<String, String> {
    let mut shape = BTreeMap::new();
    for migration in MIGRATIONS {
        let mut table = String::new();
        for line in migration.text(dialect).lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split_whitespace().next().unwrap_or_default().to_owned();
            } else if let Some(rest) = line.strip_prefix("CONSTRAINT ") {
                let text = rest.trim_end_matches(',').replace(" CLUSTERED", "");
                shape.insert(format!("{table} constraint"), text.clone());
                shape.insert(text, table.clone());
            } else if let Some(rest) = line.strip_prefix("ALTER TABLE ") {
                // SQLite changes a check by a new table, SQL Server by a new constraint.
                let Some((table, column)) =
                    rest.split_once(" ADD ").filter(|(_, c)| !c.starts_with("CONSTRAINT"))
                else {
                    continue;
                };
                let column = column.trim_start_matches("COLUMN ").split_whitespace().next().unwrap();
                let null = if line.contains("NOT NULL") { "NOT NULL" } else { "NULL" };
                shape.insert(format!("{table}.{column}"), null.to_owned());
            } else if line.starts_with("CREATE ") && line.contains("INDEX ") {
                shape.insert(line.to_owned(), String::new());
            } else if line.starts_with(|c: char| c.is_ascii_lowercase()) && !table.is_empty() {
                let column = line.split_whitespace().next().unwrap_or_default();
                let null = if line.contains("NOT NULL") { "NOT NULL" } else { "NULL" };
                shape.insert(format!("{table}.{column}"), null.to_owned());
            } else if line.starts_with(')') {
                table.clear();
            }
        }
    }
    shape
}

#[test]
fn both_engines_have_the_same_schema() {
    let (sqlite, mssql) = (shape(Dialect::Sqlite), shape(Dialect::SqlServer));
    assert!(sqlite.len() > 300, "the reader of migrations found only {} things", sqlite.len());
    let differences: Vec<_> = sqlite
        .iter()
        .filter(|(key, value)| mssql.get(*key) != Some(*value))
        .map(|(key, _)| format!("SQLite only: {key}"))
        .chain(
            mssql
                .keys()
                .filter(|key| !sqlite.contains_key(*key))
                .map(|key| format!("SQL Server only: {key}")),
        )
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// R25: the tenant leads every key, but for what belongs to the platform.
#[test]
fn the_tenant_leads_every_key() {
    let platform = ["tenant", "app_user", "refresh_token", "lease", "job_runner"];
    for migration in MIGRATIONS {
        let text = migration.text(Dialect::Sqlite);
        for (name, body) in text.split("CREATE TABLE ").skip(1).filter_map(|table| table.split_once(" (")) {
            if !platform.contains(&name) {
                assert!(body.contains("PRIMARY KEY (tenant_id"), "{name}");
            }
        }
    }
}

#[test]
fn row_level_security_covers_every_table_of_a_companys_books() {
    use infrastructure::sql::migrate::MIGRATIONS;
    use infrastructure::sql::mssql::migrate::ROW_LEVEL_SECURITY;
    // Read before the tenant is known, or by work for all tenants.
    const WITHOUT: [&str; 10] = [
        "api_key",
        "attachment",
        "counter",
        "idempotency",
        "invitation",
        "job",
        "membership",
        "outbox_event",
        "refresh_token",
        "stored_blob",
    ];
    let texts: String = MIGRATIONS.iter().map(|migration| migration.text(Dialect::SqlServer)).collect();
    let tables = texts.split("CREATE TABLE ").skip(1).filter_map(|text| {
        let (name, rest) = text.split_once(" (")?;
        let columns = rest.split(");").next()?;
        columns.contains("    tenant_id BINARY(16)").then_some(name)
    });
    let mut count = 0;
    for table in tables {
        let covered = ROW_LEVEL_SECURITY.contains(&format!("(N'{table}')"));
        assert_ne!(covered, WITHOUT.contains(&table), "{table} is in the policy or among the exceptions");
        count += usize::from(covered);
    }
    let list = ROW_LEVEL_SECURITY.split_once("FROM (VALUES").unwrap().1.split_once(") AS t").unwrap().0;
    assert_eq!(count, list.matches("(N'").count(), "the policy names no other table");
}
