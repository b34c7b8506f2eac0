//! A database of its own for one test, on the engine that is tested: SQLite, or with `ERP_TEST_PROFILE=cloud` the SQL
//! Server that `ERP_TEST_SQLSERVER` names.

use std::sync::Arc;

use application::ports::clock::{Clock, Ids};
use infrastructure::sql::db::Db;
use infrastructure::sql::mssql::engine::OpenSqlServer;
use infrastructure::sql::mssql::migrate::Migrating;
use infrastructure::sql::sqlite::options::SqliteOptions;
use tempfile::TempDir;
use testkit::sql_server;

pub struct Store {
    pub db: Arc<Db>,
    _folder: TempDir,
}

impl Store {
    pub async fn open(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = match sql_server::server() {
            None => {
                Db::open_sqlite(&folder.path().join("erp.db"), SqliteOptions::default(), clock, ids).await
            }
            Some(server) => {
                let options = sql_server::empty_database(&server).await;
                let open = OpenSqlServer { options, tokens: None, migrating: Migrating::Check };
                Db::open_sql_server(open, clock, ids).await
            }
        };
        Self { db: Arc::new(db.unwrap()), _folder: folder }
    }
}
