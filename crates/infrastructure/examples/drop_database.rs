//! `drop_database NAME`: removes a database from the SQL Server that `ERP_TEST_SQLSERVER` names, as `cargo xtask bench` does with its own.

use std::process::ExitCode;

use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::migrate::drop_database;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Some(name) = std::env::args().nth(1) else { return Ok(ExitCode::FAILURE) };
    let server = SqlServerOptions::parse(&std::env::var("ERP_TEST_SQLSERVER")?)?;
    drop_database(&SqlServerOptions { database: Some(name), ..server }).await?;
    Ok(ExitCode::SUCCESS)
}
