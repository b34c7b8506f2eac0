//! SQL as named values, so that all of it can be listed, rendered, prepared and counted.

use std::sync::OnceLock;

use super::dialect::Dialect;
use super::reference_tables::{self, Touch};
use super::value::{Kind, Names};

/// Most rows one query of a command may read; more is a defect, not an answer.
pub const ROWS_MAX: usize = 200_000;

/// One statement with its text for either engine.
pub struct Statement {
    /// `<module>.<resource>.<what>`, unique.
    pub name: &'static str,
    text: &'static str,
    mssql: Option<&'static str>,
    /// Reads reference data, which the one writer of the embedded engine may remember between transactions.
    pub reference: bool,
    sqlite_rendered: OnceLock<String>,
    sqlite_names: OnceLock<Names>,
    mssql_rendered: OnceLock<String>,
    /// On SQLite and on SQL Server, whose text may write more in order to lock.
    touches: OnceLock<[Touch; 2]>,
    grows: OnceLock<bool>,
}

impl Statement {
    /// One text for both engines.
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            mssql: None,
            reference: false,
            sqlite_rendered: OnceLock::new(),
            sqlite_names: OnceLock::new(),
            mssql_rendered: OnceLock::new(),
            touches: OnceLock::new(),
            grows: OnceLock::new(),
        }
    }

    /// Two texts, where no hook helps; `xtask sql-budget` counts them.
    pub const fn split(name: &'static str, sqlite: &'static str, mssql: &'static str) -> Self {
        Self {
            name,
            text: sqlite,
            mssql: Some(mssql),
            reference: false,
            sqlite_rendered: OnceLock::new(),
            sqlite_names: OnceLock::new(),
            mssql_rendered: OnceLock::new(),
            touches: OnceLock::new(),
            grows: OnceLock::new(),
        }
    }

    /// Marks a read of reference data: accounts, journals, periods, settings, rules.
    #[must_use]
    pub const fn reference(mut self) -> Self {
        self.reference = true;
        self
    }

    pub fn sqlite(&self) -> &str {
        self.sqlite_rendered.get_or_init(|| Dialect::Sqlite.render(self.text))
    }

    /// The names of its columns, kept where the writer first asked the engine for them.
    pub(super) fn sqlite_names(&self) -> &OnceLock<Names> {
        &self.sqlite_names
    }

    pub fn render(&self, dialect: Dialect) -> String {
        match (dialect, self.mssql) {
            (Dialect::SqlServer, Some(text)) => dialect.render(text),
            _ => dialect.render(self.text),
        }
    }

    pub fn mssql(&self) -> &str {
        self.mssql_rendered.get_or_init(|| self.render(Dialect::SqlServer))
    }

    /// Whether it changes rows and answers them.
    pub fn writes(&self) -> bool {
        self.mssql.is_some_and(|text| text.starts_with("UPDATE"))
    }

    /// The effect on remembered reference data when it is run.
    pub fn touches(&self, dialect: Dialect) -> Touch {
        let [sqlite, mssql] = self.touches.get_or_init(|| {
            let sqlite = reference_tables::of_writes(self.text);
            [sqlite, self.mssql.map_or(sqlite, reference_tables::of_writes)]
        });
        match dialect {
            Dialect::Sqlite => *sqlite,
            Dialect::SqlServer => *mssql,
        }
    }

    /// Whether it reads a table to which postings add rows.
    pub fn grows(&self) -> bool {
        *self.grows.get_or_init(|| reference_tables::reads_growing(self.text))
    }

    pub fn is_split(&self) -> bool {
        self.mssql.is_some()
    }
}

/// Declares statements and the slice `ALL` that lists them. A name that is put together stands in parentheses.
#[macro_export]
macro_rules! statements {
    ($($name:ident = $id:tt $(as $kind:ident)?: $text:expr $(, mssql: $mssql:expr)?;)*) => {
        $(pub static $name: $crate::sql::statement::Statement =
            $crate::statements!(@new $id, $text $(, $mssql)?)$(.$kind())?;)*
        /// Every statement of this module, for the golden files and the prepare test.
        pub static ALL: &[&$crate::sql::statement::Statement] = &[$(&$name),*];
    };
    (@new $id:expr, $text:expr) => { $crate::sql::statement::Statement::new($id, $text) };
    (@new $id:expr, $text:expr, $mssql:expr) => { $crate::sql::statement::Statement::split($id, $text, $mssql) };
}

/// Reads the rows of many keys in one step: a statement of one tenant (`?1`), narrowed to a list of keys.
pub struct Lookup {
    pub name: &'static str,
    text: &'static str,
    pub key: (&'static str, Kind),
    /// As in [`Statement::reference`].
    pub reference: bool,
    sqlite_rendered: OnceLock<String>,
    sqlite_names: OnceLock<Names>,
    mssql_rendered: OnceLock<String>,
    sqlite_many_rendered: OnceLock<String>,
    grows: OnceLock<bool>,
}

impl Lookup {
    /// `text` ends inside its `WHERE`; the key's condition is appended.
    pub const fn new(name: &'static str, text: &'static str, key: (&'static str, Kind)) -> Self {
        Self {
            name,
            text,
            key,
            reference: false,
            sqlite_rendered: OnceLock::new(),
            sqlite_names: OnceLock::new(),
            mssql_rendered: OnceLock::new(),
            sqlite_many_rendered: OnceLock::new(),
            grows: OnceLock::new(),
        }
    }

    /// As [`Statement::reference`].
    #[must_use]
    pub const fn reference(mut self) -> Self {
        self.reference = true;
        self
    }

    /// As [`Statement::grows`].
    pub fn grows(&self) -> bool {
        *self.grows.get_or_init(|| reference_tables::reads_growing(self.text))
    }

    /// SQLite in a transaction: one key a time; there is no round trip to save.
    pub fn sqlite(&self) -> &str {
        self.sqlite_rendered
            .get_or_init(|| Dialect::Sqlite.render(&format!("{} AND {} = ?2", self.text, self.key.0)))
    }

    /// As [`Statement::sqlite_names`].
    pub(super) fn sqlite_names(&self) -> &OnceLock<Names> {
        &self.sqlite_names
    }

    /// SQLite outside a transaction, where each statement is a snapshot of its own: all keys as one JSON parameter.
    pub fn sqlite_many(&self) -> &str {
        let (column, kind) = self.key;
        let value = if kind == Kind::Id { "unhex(value)" } else { "value" };
        self.sqlite_many_rendered.get_or_init(|| {
            let text = format!("{} AND {column} IN (SELECT {value} FROM json_each(?2))", self.text);
            Dialect::Sqlite.render(&text)
        })
    }

    /// SQL Server: all keys as one JSON parameter.
    pub fn mssql(&self) -> &str {
        self.mssql_rendered.get_or_init(|| self.render_mssql())
    }

    fn render_mssql(&self) -> String {
        let (column, kind) = self.key;
        let value = match kind {
            Kind::Id => "CONVERT(BINARY(16), value, 2)".to_owned(),
            Kind::Text(length) => {
                format!("CONVERT(NVARCHAR({length}), value) COLLATE Latin1_General_100_BIN2")
            }
            _ => "value".to_owned(),
        };
        let text = Dialect::SqlServer.render(self.text);
        format!("{text} AND {column} IN (SELECT {value} FROM OPENJSON(@P2))")
    }
}
