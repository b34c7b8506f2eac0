//! A database of its own for one test, on the engine that is tested: SQLite, or with `ERP_TEST_PROFILE=cloud` the SQL
//! Server that `ERP_TEST_SQLSERVER` names.

use std::path::PathBuf;
use std::sync::Arc;

use application::ports::clock::{Clock, Ids};
use domain::hex::hex;
use domain::money::Quantity;
use domain::time::date_key;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::engine::OpenSqlServer;
use infrastructure::sql::mssql::migrate::{ALL_TENANTS, Migrating, execute};
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::sql::value::Value;
use rusqlite::Connection;
use tempfile::TempDir;
use testkit::sql_server;

pub struct Store {
    pub db: Arc<Db>,
    pub place: Place,
}

impl Store {
    pub async fn open(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let server = match sql_server::server() {
            Some(server) => Some(sql_server::empty_database(&server).await),
            None => None,
        };
        Place::new(server).open(Migrating::Check, clock, ids).await
    }
}

/// Where a database is. A test may write there behind the product's back.
pub struct Place {
    server: Option<SqlServerOptions>,
    folder: TempDir,
}

impl Place {
    /// A database of the server, or a file of its own.
    pub fn new(server: Option<SqlServerOptions>) -> Self {
        Self { server, folder: tempfile::tempdir().unwrap() }
    }

    pub fn dialect(&self) -> Dialect {
        if self.server.is_some() { Dialect::SqlServer } else { Dialect::Sqlite }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("erp.db")
    }

    pub async fn open(self, migrating: Migrating, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Store {
        let db = match &self.server {
            None => {
                Db::open_sqlite(&self.file(), SqliteOptions::default(), clock, ids, SqlUnitOfWork::open).await
            }
            Some(options) => {
                let open = OpenSqlServer { options: options.clone(), tokens: None, migrating };
                Db::open_sql_server(open, clock, ids, SqlUnitOfWork::open).await
            }
        };
        Store { db: Arc::new(db.unwrap()), place: self }
    }

    /// Runs statements as whoever maintains the database.
    pub async fn run(&self, sql: &str) -> Result<(), String> {
        match &self.server {
            Some(options) => {
                let sql = format!("SET NOCOUNT ON; {ALL_TENANTS} {sql}");
                execute(options, &sql).await.map_err(|error| error.to_string())
            }
            None => {
                let connection = Connection::open(self.file()).unwrap();
                connection.execute_batch("PRAGMA busy_timeout = 5000").unwrap();
                connection.execute_batch(sql).map_err(|error| error.to_string())
            }
        }
    }

    /// A statement that adds a row.
    pub fn insert(&self, table: &str, columns: &[(&str, Value)]) -> String {
        let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
        let values: Vec<_> = columns.iter().map(|(_, value)| literal(self.dialect(), value)).collect();
        format!("INSERT INTO {table} ({}) VALUES ({});", names.join(", "), values.join(", "))
    }
}

/// A value as a text of SQL.
pub fn literal(dialect: Dialect, value: &Value) -> String {
    let (sqlite, binary) = match dialect {
        Dialect::Sqlite => (true, ("x'", "'")),
        Dialect::SqlServer => (false, ("0x", "")),
    };
    let bytes = |bytes: &[u8]| format!("{}{}{}", binary.0, hex(bytes), binary.1);
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::Bool(value) => u8::from(*value).to_string(),
        Value::Id(id) => bytes(id.as_bytes()),
        Value::Hash(hash) => bytes(hash),
        Value::Blob(blob) => bytes(blob),
        Value::Text(text) => format!("{}'{}'", if sqlite { "" } else { "N" }, text.replace('\'', "''")),
        Value::Date(date) if sqlite => date_key(*date).to_string(),
        Value::Date(date) => format!("'{date}'"),
        Value::Time(time) if sqlite => time.micros().to_string(),
        Value::Time(time) => format!("'{}'", time.to_datetime().format("%Y-%m-%dT%H:%M:%S%.6f")),
        Value::Amount(amount) if sqlite => amount.scaled().to_string(),
        Value::Amount(amount) => amount.to_decimal().to_string(),
        Value::Rate(rate) if sqlite => rate.scaled().to_string(),
        Value::Rate(rate) => rate.to_decimal().to_string(),
        Value::Millionths(number) if sqlite => number.to_string(),
        Value::Millionths(number) => Quantity::from_scaled(*number).to_string(),
    }
}
