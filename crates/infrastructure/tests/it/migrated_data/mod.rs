//! Data in a database of an earlier version is still there, and means the same, after the migrations that came since. With
//! `ERP_TEST_PROFILE=cloud` the migrations are those of SQL Server.

mod ledger;
mod master_data;
mod people;

use std::sync::Arc;

use application::ports::storage_error::StorageResult;
use domain::money::Amount;
use domain::time::{Timestamp, parse_date};
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::{HISTORY, MIGRATIONS};
use infrastructure::sql::mssql::migrate::Migrating;
use infrastructure::sql::value::{Columns, Value};
use infrastructure::system::{SystemClock, SystemIds};
use testkit::sql_server;
use uuid::Uuid;

use crate::store::{Place, Store};

/// An id whose bytes are all the same.
fn id(byte: u8) -> Value {
    Value::Id(Uuid::from_bytes([byte; 16]))
}

fn day(text: &str) -> Value {
    parse_date(text).unwrap().into()
}

/// A moment, so many microseconds after the epoch.
fn moment(micros: i64) -> Value {
    Timestamp::from_micros(micros).into()
}

fn amount(text: &str) -> Value {
    Amount::parse(text).unwrap().into()
}

/// A database of an earlier version.
struct Earlier {
    place: Place,
    rows: String,
}

impl Earlier {
    /// With the migrations up to `last`.
    async fn version(last: i64) -> Self {
        let place = match sql_server::server() {
            Some(server) => Place::new(Some(sql_server::database_of_version(&server, last).await)),
            None => Place::new(None),
        };
        if place.dialect() == Dialect::Sqlite {
            let mut text = format!("{HISTORY};");
            for migration in MIGRATIONS.iter().filter(|migration| migration.number <= last) {
                text.push_str(migration.text(Dialect::Sqlite));
                let row = [
                    ("number", Value::Int(migration.number)),
                    ("name", migration.name.into()),
                    ("checksum", migration.checksum(Dialect::Sqlite).into()),
                    ("applied_at", moment(0)),
                ];
                text.push_str(&place.insert("schema_migration", &row));
            }
            place.run(&text).await.unwrap();
        }
        Self { place, rows: String::new() }
    }

    /// A row; parents before their children.
    fn insert(&mut self, table: &str, columns: &[(&str, Value)]) {
        self.rows.push_str(&self.place.insert(table, columns));
    }

    /// Migrates the database to this version.
    async fn upgraded(self) -> Store {
        self.place.run(&self.rows).await.unwrap();
        self.place.open(Migrating::Apply, Arc::new(SystemClock), Arc::new(SystemIds)).await
    }
}

impl Store {
    /// The answer of a read of the tenant `?1`, row by row.
    async fn rows<T>(&self, sql: &str, read: impl Fn(&mut Columns) -> StorageResult<T>) -> Vec<T> {
        let rows = self.db.query_text(sql, &[id(1)]).await.unwrap();
        rows.into_iter().map(|row| read(&mut row.columns("migrated")).unwrap()).collect()
    }
}
