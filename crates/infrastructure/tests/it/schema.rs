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
            } else if let Some(dropped) = line.strip_prefix("DROP TABLE ") {
                forget(&mut shape, dropped.trim_end_matches(';'));
            } else if let Some((old, new)) = renamed(line) {
                shape = rename(&shape, old, new);
            } else if let Some((table, name)) = altered(line, " DROP CONSTRAINT ") {
                let dropped = format!("{name} ");
                shape.retain(|key, value| !key.starts_with(&dropped) || value != table);
            } else if let Some((table, text)) = altered(line, " ADD CONSTRAINT ") {
                // SQLite changes a check by a new table, SQL Server by a new constraint. A list of words stands beside its column
                // on SQLite.
                if !text.contains(" IN (") {
                    shape.insert(format!("{table} constraint"), text.to_owned());
                    shape.insert(text.to_owned(), table.to_owned());
                }
            } else if let Some(rest) = line.strip_prefix("ALTER TABLE ") {
                let Some((table, column)) = rest.split_once(" ADD ") else { continue };
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

/// The table and what is done to it.
fn altered<'l>(line: &'l str, act: &str) -> Option<(&'l str, &'l str)> {
    line.strip_prefix("ALTER TABLE ")?.trim_end_matches(';').split_once(act)
}

fn renamed(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("ALTER TABLE ")?.trim_end_matches(';').split_once(" RENAME TO ")
}

fn forget(shape: &mut BTreeMap<String, String>, table: &str) {
    let of_table = format!("{table}.");
    shape.retain(|key, value| {
        !key.starts_with(&of_table) && *key != format!("{table} constraint") && value != table
    });
}

fn rename(shape: &BTreeMap<String, String>, old: &str, new: &str) -> BTreeMap<String, String> {
    let named = |text: &str| {
        let text = text.replace(&format!(" {old} ("), &format!(" {new} ("));
        match text.strip_prefix(old) {
            Some(rest) if rest.is_empty() || rest.starts_with(['.', ' ']) => format!("{new}{rest}"),
            _ => text,
        }
    };
    shape.iter().map(|(key, value)| (named(key), named(value))).collect()
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
    let platform = ["tenant", "app_user", "refresh_token", "lease", "job_runner", "log_levels"];
    for migration in MIGRATIONS {
        let text = migration.text(Dialect::Sqlite);
        for (name, body) in text.split("CREATE TABLE ").skip(1).filter_map(|table| table.split_once(" (")) {
            if !platform.contains(&name) {
                assert!(body.contains("PRIMARY KEY (tenant_id"), "{name}");
            }
        }
    }
}

/// The policy covers every table with a tenant but those that it names, and these are the ones that were thought about.
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
    let (before, list) = ROW_LEVEL_SECURITY.split_once("NOT IN (").unwrap();
    assert!(before.contains("FROM sys.tables AS t") && before.contains("c.name = N'tenant_id'"));
    let named: Vec<&str> = list.split_once(')').unwrap().0.split('\'').skip(1).step_by(2).collect();
    assert_eq!(named, WITHOUT);
    let texts: String = MIGRATIONS.iter().map(|migration| migration.text(Dialect::SqlServer)).collect();
    let tables: Vec<&str> = texts
        .split("CREATE TABLE ")
        .skip(1)
        .filter_map(|text| {
            let (name, rest) = text.split_once(" (")?;
            let columns = rest.split(");").next()?;
            columns.contains("    tenant_id BINARY(16)").then_some(name)
        })
        .collect();
    for name in WITHOUT {
        assert!(tables.contains(&name), "{name} is no table with a tenant");
    }
}

/// Name and columns of every unique constraint of a schema, as `table.column, table.column`.
fn unique_constraints(dialect: Dialect) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut note = |name: &str, table: &str, rest: &str| {
        let columns = rest.split_once('(').unwrap().1.split(')').next().unwrap();
        let columns: Vec<_> = columns.split(", ").map(|column| format!("{table}.{column}")).collect();
        found.insert(name.to_owned(), columns.join(", "));
    };
    let mut dropped: Vec<String> = Vec::new();
    for migration in MIGRATIONS {
        let mut table = "";
        for line in migration.text(dialect).lines().map(str::trim) {
            let named = line.strip_prefix("CREATE TABLE ").or_else(|| line.strip_prefix("ALTER TABLE "));
            if let Some(rest) = named {
                table = rest.split_whitespace().next().unwrap_or_default();
            }
            let constraint = line.split_once("CONSTRAINT ").map(|(_, rest)| rest);
            if let Some((name, rest)) = constraint.and_then(|rest| rest.split_once(' '))
                && (rest.starts_with("PRIMARY KEY") || rest.starts_with("UNIQUE"))
            {
                note(name, table, rest);
            }
            if let Some(rest) = line.strip_prefix("CREATE UNIQUE INDEX ") {
                let (name, rest) = rest.split_once(" ON ").unwrap();
                note(name, rest.split([' ', '(']).next().unwrap(), rest);
            }
            if let Some(rest) = line.strip_prefix("DROP INDEX ") {
                dropped.push(rest.split([' ', ';']).next().unwrap_or_default().to_owned());
            }
        }
    }
    // The one index that was dropped for good.
    if dropped.iter().any(|name| name == "uq_journal_entry_opening") {
        found.remove("uq_journal_entry_opening");
    }
    found
}

/// A violated constraint is answered with its meaning. A new unique constraint gets its meaning here.
#[test]
fn every_unique_constraint_has_a_meaning() {
    use infrastructure::sql::constraints::{CHOSEN, EXPLAINED, FIRST_USE, GENERATED};
    for dialect in [Dialect::Sqlite, Dialect::SqlServer] {
        let found = unique_constraints(dialect);
        assert!(found.len() > 50, "only {} unique constraints were found", found.len());
        for (name, columns) in &found {
            let chosen = CHOSEN.iter().find(|unique| unique.name == name);
            let named = name.as_str();
            let lists = [
                chosen.is_some(),
                EXPLAINED.contains(&named),
                FIRST_USE.contains(&named),
                GENERATED.contains(&named),
            ];
            let count = lists.into_iter().filter(|listed| *listed).count();
            assert_eq!(count, 1, "{name} ({columns}) stands in one list of sql/constraints.rs");
            if let Some(chosen) = chosen {
                assert_eq!(chosen.columns, columns, "{name}");
            }
        }
        let chosen = CHOSEN.iter().map(|unique| unique.name);
        let known = chosen.chain(FIRST_USE).chain([EXPLAINED, GENERATED].concat());
        for name in known {
            assert!(found.contains_key(name), "{name} is no unique constraint of the schema");
        }
    }
}

/// A refused reference is explained by the name of its constraint, which is made of table and column.
#[test]
fn every_foreign_key_is_named_by_its_table_and_column() {
    use infrastructure::sql::constraints::foreign_keys;
    let keys = foreign_keys();
    assert!(keys.len() > 25, "only {} foreign keys were found", keys.len());
    let texts: String = MIGRATIONS.iter().map(|migration| migration.text(Dialect::SqlServer)).collect();
    assert_eq!(keys.len(), texts.matches("FOREIGN KEY").count());
    for key in keys {
        assert!(texts.contains(&format!("CONSTRAINT {} FOREIGN KEY", key.name)), "{}", key.name);
    }
    let connection = crate::statements::migrated();
    let all = "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
               WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq DESC";
    let mut prepared = connection.prepare(all).unwrap();
    let listed = prepared.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    for row in listed {
        let (child, column, parent): (String, String, String) = row.unwrap();
        if column != "tenant_id" || parent == "tenant" {
            let known =
                keys.iter().any(|key| (&key.child, &key.column, &key.parent) == (&child, &column, &parent));
            assert!(known, "{child}.{column} refers to {parent} on SQLite only");
        }
    }
}
