//! A database of its own for one test, on the engine that is tested: SQLite, or with `ERP_TEST_PROFILE=cloud` the SQL
//! Server that `ERP_TEST_SQLSERVER` names.

use std::sync::Arc;

use application::ports::clock::{Clock, Ids};
use infrastructure::sql::db::Db;
use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::engine::OpenSqlServer;
use infrastructure::sql::mssql::migrate::{Migrating, drop_database};
use infrastructure::system::SystemIds;
use tempfile::TempDir;

pub struct Store {
    pub db: Arc<Db>,
    _folder: TempDir,
    drop_at_end: Option<SqlServerOptions>,
}

/// The server to test on, unless this run is about the embedded engine.
pub fn sql_server() -> Option<SqlServerOptions> {
    if std::env::var("ERP_TEST_PROFILE").ok()? != "cloud" {
        return None;
    }
    let text = std::env::var("ERP_TEST_SQLSERVER").expect("ERP_TEST_PROFILE=cloud needs ERP_TEST_SQLSERVER");
    let database = format!("erp_test_{}", SystemIds.new_id().simple());
    let options = SqlServerOptions::parse(&text).unwrap();
    Some(SqlServerOptions { database: Some(database), pool_max: 8, pool_min: 0, ..options })
}

impl Store {
    pub async fn open(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = sql_server();
        let db = match &server {
            None => Db::open_sqlite(&folder.path().join("erp.db"), 2, clock, ids).await,
            Some(options) => {
                let open =
                    OpenSqlServer { options: options.clone(), tokens: None, migrating: Migrating::Apply };
                Db::open_sql_server(open, clock, ids).await
            }
        };
        Self { db: Arc::new(db.unwrap()), _folder: folder, drop_at_end: server }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let Some(options) = self.drop_at_end.take() else { return };
        // A thread of its own: a runtime cannot wait for another one.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(drop_database(&options))
        });
        if let Ok(Err(error)) = dropped.join() {
            eprintln!("a test's database stays: {error}");
        }
    }
}
