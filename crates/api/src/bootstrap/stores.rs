//! From the choices of the configuration to the adapters that serve them.

use std::sync::Arc;

use application::ports::clock::{Clock, Ids};
use infrastructure::sql::db::Db;
use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::engine::OpenSqlServer;
use infrastructure::sql::mssql::migrate::Migrating;

use super::Failure;
use crate::config::{DatabaseChoice, Environment, Settings};

/// Key of the database, for messages.
const DATABASE_KEY: &str = "ConnectionStrings:DefaultConnection";

/// Whether a SQL Server string can be used in an environment, and what the operator should know about it.
pub fn check_sql_server(text: &str, environment: Environment) -> Result<Vec<String>, String> {
    let options = SqlServerOptions::parse(text)?;
    if options.trust_server_certificate && !environment.is_development() {
        return Err(format!("has TrustServerCertificate=True, which {environment} does not allow"));
    }
    if options.database.is_none() {
        return Err("names no Database".to_owned());
    }
    let ignored = options.ignored.iter().map(|keyword| format!("{DATABASE_KEY}: '{keyword}' is ignored"));
    Ok(ignored.collect())
}

pub fn sql_server_options(text: &str) -> Result<SqlServerOptions, Failure> {
    SqlServerOptions::parse(text).map_err(|reason| Failure::Configuration(format!("{DATABASE_KEY} {reason}")))
}

/// The database on the engine that is chosen. A server's schema is made in Development and only checked elsewhere.
pub async fn open_database(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Db, Failure> {
    let readers = u32::try_from(settings.database.reader_connections).unwrap_or(u32::MAX);
    match &settings.database.choice {
        DatabaseChoice::Sqlite(file) => Ok(Db::open_sqlite(file, readers, clock, ids).await?),
        DatabaseChoice::SqlServer(text) => {
            let migrating =
                if settings.environment.is_development() { Migrating::Apply } else { Migrating::Check };
            let options = sql_server_options(text.expose())?;
            Ok(Db::open_sql_server(OpenSqlServer { options, tokens: None, migrating }, clock, ids).await?)
        }
    }
}
