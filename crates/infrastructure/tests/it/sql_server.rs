//! How SQL Server is reached, on a stub that speaks its protocol: what the login says, what is encrypted, where it is
//! redirected, which errors are met with another try, and how many connections there are. Needs no server.

mod encryption;
mod logins;
mod numbers;
mod pool;
mod schema;

use std::sync::Arc;

use application::ports::storage_error::StorageResult;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::mssql::engine::OpenSqlServer;
use infrastructure::sql::mssql::migrate::Migrating;
use infrastructure::sql::value::{Row, Value};
use infrastructure::system::{SystemClock, SystemIds};
use testkit::SqlServerStub;

/// The tests' statement.
const QUERY: &str = "SELECT name FROM book WHERE id = ?1";

/// The product's database on the stub, with more for the connection string.
async fn opened(stub: &SqlServerStub, more: &str) -> StorageResult<Arc<Db>> {
    let open = OpenSqlServer { options: stub.options(more), tokens: None, migrating: Migrating::Check };
    Db::open_sql_server(open, Arc::new(SystemClock), Arc::new(SystemIds), SqlUnitOfWork::open)
        .await
        .map(Arc::new)
}

/// One read.
async fn read(db: &Db) -> StorageResult<Vec<Row>> {
    db.query_text(QUERY, &[Value::Text("harmless".to_owned())]).await
}
