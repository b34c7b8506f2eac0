//! The numbers of rows with which SQLite plans its statements.
//!
//! Without any, SQLite takes a tenant to have ten rows, and reads all that a tenant has rather than look up a few through an index. Numbers
//! that are counted now and then let a plan depend on what was there at that moment. So every database is given the same ones, those of
//! many tenants with much in each: a plan that is good there costs little anywhere else, and tests see the plans that servers use.

use rusqlite::{Connection, TransactionBehavior};

/// Rows of a table.
const ROWS: u64 = 1_000_000;
/// Rows of one tenant.
const OF_TENANT: u64 = 50_000;
/// Tables of which a tenant has few rows.
const SMALL: [&str; 14] = [
    "branch",
    "company_profile",
    "currency",
    "dimension",
    "dimension_rule",
    "fiscal_period",
    "fiscal_year",
    "journal",
    "ledger_lock",
    "ledger_settings",
    "number_series",
    "posting_rule",
    "tax_code",
    "vat_return",
];
/// Rows of one tenant in them.
const OF_TENANT_SMALL: u64 = 100;
/// The fewest rows that share columns which are not a key.
const ALIKE_MIN: u64 = 4;
/// Columns with few values.
const FEW_VALUES: [&str; 8] =
    ["account_type", "control", "currency", "document_type", "entity", "kind", "state", "status"];
/// One in so many rows has the same of few values.
const FEW: u64 = 4;
/// One in so many rows has the same of other values.
const MANY: u64 = 200;

/// One row of `sqlite_stat1`: table, index, numbers.
type Size = (String, String, String);

struct Index {
    table: String,
    /// As `sqlite_stat1` calls it.
    name: String,
    unique: bool,
    columns: Vec<String>,
}

/// Gives the database the sizes, unless it has them.
pub fn assume_sizes(connection: &mut Connection) -> rusqlite::Result<()> {
    let mut wanted: Vec<Size> = indexes(connection)?.iter().map(Index::size).collect();
    wanted.sort();
    if there(connection)? == Some(wanted.clone()) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Makes the tables of statistics, which no other statement can.
    transaction.execute_batch("ANALYZE schema_migration; DELETE FROM sqlite_stat1")?;
    if exists(&transaction, "sqlite_stat4")? {
        transaction.execute_batch("DELETE FROM sqlite_stat4")?;
    }
    for size in &wanted {
        transaction.execute(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)",
            (&size.0, &size.1, &size.2),
        )?;
    }
    transaction.commit()?;
    // Read anew by this connection; later ones read them when they are opened.
    connection.execute_batch("ANALYZE sqlite_schema")
}

/// The sizes that the database has, if it has any, and no samples beside them.
fn there(connection: &Connection) -> rusqlite::Result<Option<Vec<Size>>> {
    if !exists(connection, "sqlite_stat1")? {
        return Ok(None);
    }
    if exists(connection, "sqlite_stat4")? {
        let samples: i64 = connection.query_row("SELECT count(*) FROM sqlite_stat4", [], |row| row.get(0))?;
        if samples > 0 {
            return Ok(None);
        }
    }
    let mut statement = connection
        .prepare("SELECT tbl, COALESCE(idx, ''), stat FROM sqlite_stat1 ORDER BY tbl, idx, stat")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect::<rusqlite::Result<Vec<Size>>>().map(Some)
}

fn exists(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let found = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)";
    connection.query_row(found, [table], |row| row.get(0))
}

fn indexes(connection: &Connection) -> rusqlite::Result<Vec<Index>> {
    // The key of a table without row ids is an index under the name of the table.
    let all = "SELECT t.name, CASE WHEN i.origin = 'pk' AND t.wr = 1 THEN t.name ELSE i.name END, i.\"unique\", \
               (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) \
               FROM pragma_table_list t, pragma_index_list(t.name) i \
               WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
    let mut statement = connection.prepare(all)?;
    let rows = statement.query_map([], |row| {
        let columns: Option<String> = row.get(3)?;
        let columns = columns.unwrap_or_default().split(',').map(str::to_owned).collect();
        Ok(Index { table: row.get(0)?, name: row.get(1)?, unique: row.get(2)?, columns })
    })?;
    rows.collect()
}

impl Index {
    /// The rows of the table, and how many share the first column, the first two, and so on.
    fn size(&self) -> Size {
        let mut rows = ROWS;
        let mut numbers = vec![rows];
        for (place, column) in self.columns.iter().enumerate() {
            let last = place + 1 == self.columns.len();
            let alone = last && (self.unique || column == "id");
            rows = match column.as_str() {
                _ if alone => 1,
                "tenant_id" if place == 0 && SMALL.contains(&self.table.as_str()) => OF_TENANT_SMALL,
                "tenant_id" if place == 0 => OF_TENANT,
                few if FEW_VALUES.contains(&few) => (rows / FEW).max(ALIKE_MIN),
                _ => (rows / MANY).max(ALIKE_MIN),
            };
            numbers.push(rows);
        }
        let numbers = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        (self.table.clone(), self.name.clone(), numbers)
    }
}
