//! Many rows in one step: inserts, balances.

use std::sync::OnceLock;

use super::value::Kind;

/// Inserts many rows of one table in one step.
pub struct Bulk {
    pub name: &'static str,
    pub table: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    sqlite_rendered: OnceLock<String>,
    mssql_rendered: OnceLock<String>,
    mssql_one_rendered: OnceLock<String>,
}

impl Bulk {
    pub const fn new(
        name: &'static str,
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
    ) -> Self {
        Self {
            name,
            table,
            columns,
            sqlite_rendered: OnceLock::new(),
            mssql_rendered: OnceLock::new(),
            mssql_one_rendered: OnceLock::new(),
        }
    }

    pub fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|(_, kind)| *kind).collect()
    }

    /// SQLite: one prepared row, executed for each; there is no round trip to save.
    pub fn sqlite(&self) -> &str {
        self.sqlite_rendered.get_or_init(|| self.row("?"))
    }

    /// SQL Server: the only row, as parameters.
    pub fn mssql_one(&self) -> &str {
        self.mssql_one_rendered.get_or_init(|| self.row("@P"))
    }

    fn row(&self, mark: &str) -> String {
        let names = column_list(self.columns, "");
        let parameters: Vec<_> = (1..=self.columns.len()).map(|n| format!("{mark}{n}")).collect();
        format!("INSERT INTO {} ({names}) VALUES ({})", self.table, parameters.join(", "))
    }

    /// SQL Server: all rows as one JSON parameter, so that any number of rows is one round trip.
    pub fn mssql(&self) -> &str {
        self.mssql_rendered.get_or_init(|| {
            let names = column_list(self.columns, "");
            let select = select_list(self.columns);
            let shape = json_shape(self.columns);
            format!("INSERT INTO {} ({names}) SELECT {select} FROM OPENJSON(@P1) WITH ({shape})", self.table)
        })
    }
}

/// Adds amounts to the row of a key, or inserts it: how balances are maintained.
pub struct Accumulate {
    pub name: &'static str,
    pub table: &'static str,
    pub keys: &'static [(&'static str, Kind)],
    pub amounts: &'static [&'static str],
    /// Whole numbers that are added up, too.
    pub counts: &'static [&'static str],
    sqlite_rendered: OnceLock<(String, String)>,
    mssql_rendered: OnceLock<String>,
    mssql_many_rendered: OnceLock<String>,
}

impl Accumulate {
    pub const fn new(
        name: &'static str,
        table: &'static str,
        keys: &'static [(&'static str, Kind)],
        amounts: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            table,
            keys,
            amounts,
            counts: &[],
            sqlite_rendered: OnceLock::new(),
            mssql_rendered: OnceLock::new(),
            mssql_many_rendered: OnceLock::new(),
        }
    }

    #[must_use]
    pub const fn counting(mut self, counts: &'static [&'static str]) -> Self {
        self.counts = counts;
        self
    }

    pub fn kinds(&self) -> Vec<Kind> {
        self.columns().into_iter().map(|(_, kind)| kind).collect()
    }

    fn columns(&self) -> Vec<(&'static str, Kind)> {
        let amounts = self.amounts.iter().map(|name| (*name, Kind::Amount));
        let counts = self.counts.iter().map(|name| (*name, Kind::Int));
        self.keys.iter().copied().chain(amounts).chain(counts).collect()
    }

    fn sums(&self) -> impl Iterator<Item = &'static str> {
        self.amounts.iter().chain(self.counts).copied()
    }

    /// The update and, for a key that is not there yet, the insert. Parameters: the keys, then the amounts, then the counts.
    pub fn sqlite(&self) -> &(String, String) {
        self.sqlite_rendered.get_or_init(|| {
            let columns = self.columns();
            let keys = self.keys.len();
            let sets: Vec<_> = self
                .sums()
                .enumerate()
                .map(|(i, name)| format!("{name} = {name} + ?{}", keys + i + 1))
                .collect();
            let wheres: Vec<_> =
                self.keys.iter().enumerate().map(|(i, (name, _))| format!("{name} = ?{}", i + 1)).collect();
            let parameters: Vec<_> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
            (
                format!("UPDATE {} SET {} WHERE {}", self.table, sets.join(", "), wheres.join(" AND ")),
                format!(
                    "INSERT INTO {} ({}) VALUES ({})",
                    self.table,
                    column_list(&columns, ""),
                    parameters.join(", ")
                ),
            )
        })
    }

    /// One batch for any number of keys: update those that exist, insert the others. `@P1` are the deltas.
    pub fn mssql(&self) -> &str {
        self.mssql_rendered.get_or_init(|| {
            let columns = self.columns();
            let (select, shape) = (select_list(&columns), json_shape(&columns));
            self.update_and_insert(&format!("(SELECT {select} FROM OPENJSON(@P1) WITH ({shape}))"))
        })
    }

    /// One batch for very many keys: the deltas are parsed once into a table with the key of the balances, which is then
    /// joined. The table is `@d`, named anew where a batch has several.
    pub fn mssql_many(&self) -> &str {
        self.mssql_many_rendered.get_or_init(|| {
            let columns = self.columns();
            let declared: Vec<_> = columns
                .iter()
                .map(|(name, kind)| format!("{name} {} NOT NULL", column_type(*kind)))
                .collect();
            format!(
                "DECLARE @d TABLE ({}, PRIMARY KEY ({}));\n\
                 INSERT INTO @d ({}) SELECT {} FROM OPENJSON(@P1) WITH ({});\n{}",
                declared.join(", "),
                column_list(self.keys, ""),
                column_list(&columns, ""),
                select_list(&columns),
                json_shape(&columns),
                self.update_and_insert("@d"),
            )
        })
    }

    fn update_and_insert(&self, deltas: &str) -> String {
        let columns = self.columns();
        let sets: Vec<_> = self.sums().map(|name| format!("{name} = t.{name} + d.{name}")).collect();
        let on: Vec<_> = self.keys.iter().map(|(name, _)| format!("t.{name} = d.{name}")).collect();
        let (on, table) = (on.join(" AND "), self.table);
        format!(
            "UPDATE t SET {} FROM {table} AS t INNER JOIN {deltas} AS d ON {on};\n\
             INSERT INTO {table} ({}) SELECT {} FROM {deltas} AS d \
             WHERE NOT EXISTS (SELECT 1 FROM {table} AS t WHERE {on})",
            sets.join(", "),
            column_list(&columns, ""),
            column_list(&columns, "d."),
        )
    }
}

fn column_list(columns: &[(&'static str, Kind)], prefix: &str) -> String {
    columns.iter().map(|(name, _)| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ")
}

/// Binary values travel as hexadecimal text.
pub(super) fn select_list(columns: &[(&'static str, Kind)]) -> String {
    let select = columns.iter().map(|(name, kind)| match kind {
        Kind::Id => format!("CONVERT(BINARY(16), {name}, 2) AS {name}"),
        Kind::Hash => format!("CONVERT(BINARY(32), {name}, 2) AS {name}"),
        _ => (*name).to_owned(),
    });
    select.collect::<Vec<_>>().join(", ")
}

/// How a value lies in its row of the JSON parameter. A document is there as it is, not as a text in a text.
pub(super) fn json_shape(columns: &[(&'static str, Kind)]) -> String {
    let column = |(i, (name, kind)): (usize, &(&'static str, Kind))| match kind {
        Kind::Id => format!("{name} VARCHAR(32) '$[{i}]'"),
        Kind::Hash => format!("{name} VARCHAR(64) '$[{i}]'"),
        Kind::Document => format!("{name} NVARCHAR(MAX) '$[{i}]' AS JSON"),
        Kind::Text(length) => format!("{name} NVARCHAR({length}) '$[{i}]'"),
        _ => format!("{name} {} '$[{i}]'", column_type(*kind)),
    };
    columns.iter().enumerate().map(column).collect::<Vec<_>>().join(", ")
}

/// The type of a column of SQL Server, as in `migrations/mssql`.
pub(super) fn column_type(kind: Kind) -> String {
    match kind {
        Kind::Id => "BINARY(16)".to_owned(),
        Kind::Hash => "BINARY(32)".to_owned(),
        Kind::Int => "BIGINT".to_owned(),
        Kind::Bool => "BIT".to_owned(),
        Kind::Text(length) => format!("NVARCHAR({length}) COLLATE Latin1_General_100_BIN2"),
        Kind::Document => "NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2".to_owned(),
        Kind::Date => "DATE".to_owned(),
        Kind::Time => "DATETIME2(6)".to_owned(),
        Kind::Amount => "DECIMAL(19,4)".to_owned(),
        Kind::Rate => "DECIMAL(19,10)".to_owned(),
        Kind::Millionths => "DECIMAL(19,6)".to_owned(),
    }
}
