//! Many rows changed in one step, each only while what the change counts on is still so.

use std::sync::OnceLock;

use super::bulk::{column_type, json_shape, select_list};
use super::value::Kind;

/// Changes rows of one table by their keys. No two rows of one call may have the same key: SQL Server would change the row
/// once.
pub struct BulkUpdate {
    pub name: &'static str,
    pub table: &'static str,
    /// The columns of each row: those of its key, and then values under names that are no columns of the table.
    pub columns: &'static [(&'static str, Kind)],
    keys: usize,
    set: &'static str,
    condition: &'static str,
    sqlite_rendered: OnceLock<String>,
    mssql_rendered: OnceLock<String>,
    mssql_one_rendered: OnceLock<String>,
    mssql_many_rendered: OnceLock<String>,
}

impl BulkUpdate {
    /// The first `keys` columns are the key. `set` and `condition` name what a row brings by its place (`?3`), and the columns
    /// of the table by their names.
    pub const fn new(
        name: &'static str,
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        keys: usize,
        (set, condition): (&'static str, &'static str),
    ) -> Self {
        Self {
            name,
            table,
            columns,
            keys,
            set,
            condition,
            sqlite_rendered: OnceLock::new(),
            mssql_rendered: OnceLock::new(),
            mssql_one_rendered: OnceLock::new(),
            mssql_many_rendered: OnceLock::new(),
        }
    }

    pub fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|(_, kind)| *kind).collect()
    }

    /// SQLite: one prepared change, executed for each row.
    pub fn sqlite(&self) -> &str {
        self.sqlite_rendered.get_or_init(|| self.one("?"))
    }

    /// SQL Server: the only row, as parameters.
    pub fn mssql_one(&self) -> &str {
        self.mssql_one_rendered.get_or_init(|| self.one("@P"))
    }

    fn one(&self, mark: &str) -> String {
        let key = self.columns[..self.keys].iter().zip(1..);
        let key: Vec<_> = key.map(|((name, _), n)| format!("{name} = {mark}{n}")).collect();
        let (set, condition) = (self.set.replace('?', mark), self.condition.replace('?', mark));
        format!("UPDATE {} SET {set} WHERE {} AND {condition}", self.table, key.join(" AND "))
    }

    /// SQL Server: all rows as one JSON parameter.
    pub fn mssql(&self) -> &str {
        self.mssql_rendered.get_or_init(|| {
            let (select, shape) = (select_list(self.columns), json_shape(self.columns));
            self.joined(&format!("(SELECT {select} FROM OPENJSON(@P1) WITH ({shape}))"))
        })
    }

    /// SQL Server: very many rows, parsed once into a table that has their key. The table is `@d`, named anew where a batch
    /// has several.
    pub fn mssql_many(&self) -> &str {
        self.mssql_many_rendered.get_or_init(|| {
            let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
            let declared = self.columns.iter().enumerate().map(|(place, (name, kind))| {
                let null = if place < self.keys { "NOT NULL" } else { "NULL" };
                format!("{name} {} {null}", column_type(*kind))
            });
            format!(
                "DECLARE @d TABLE ({}, PRIMARY KEY ({}));\n\
                 INSERT INTO @d ({}) SELECT {} FROM OPENJSON(@P1) WITH ({});\n{}",
                declared.collect::<Vec<_>>().join(", "),
                names[..self.keys].join(", "),
                names.join(", "),
                select_list(self.columns),
                json_shape(self.columns),
                self.joined("@d"),
            )
        })
    }

    fn joined(&self, rows: &str) -> String {
        let on: Vec<_> =
            self.columns[..self.keys].iter().map(|(name, _)| format!("t.{name} = d.{name}")).collect();
        let (set, condition) = (self.of_row(self.set), self.of_row(self.condition));
        format!(
            "UPDATE t SET {set} FROM {} AS t INNER JOIN {rows} AS d ON {} WHERE {condition}",
            self.table,
            on.join(" AND "),
        )
    }

    /// The places of a text as columns of the rows that are joined.
    fn of_row(&self, text: &str) -> String {
        // From the last, so that `?1` is not taken for the beginning of `?12`.
        let places = self.columns.iter().enumerate().rev();
        places.fold(text.to_owned(), |text, (place, (name, _))| {
            text.replace(&format!("?{}", place + 1), &format!("d.{name}"))
        })
    }
}
