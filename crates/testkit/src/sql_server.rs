//! Databases on the SQL Server that `ERP_TEST_SQLSERVER` names, for tests of the cloud profile.
//!
//! Making one takes seconds, so each of the runner's slots keeps its own and empties it for the next test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::storage_error::{StorageError, StorageResult};
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::MIGRATIONS;
use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::migrate::{
    ALL_TENANTS, HISTORY, Migrating, batches, drop_database, execute, prepare,
};
use infrastructure::system::SystemClock;

/// Connections of one test: as many as requests that some send at once, since the server may share two cores with it.
const POOL_MAX: u32 = 64;
/// Tries to make a database while others are made.
const TRIES: u32 = 40;

/// The server to test on, unless this run is about the embedded profile.
pub fn server() -> Option<SqlServerOptions> {
    if std::env::var("ERP_TEST_PROFILE").ok()? != "cloud" {
        return None;
    }
    let text = std::env::var("ERP_TEST_SQLSERVER").expect("ERP_TEST_PROFILE=cloud needs ERP_TEST_SQLSERVER");
    Some(SqlServerOptions::parse(&text).unwrap_or_else(|error| panic!("ERP_TEST_SQLSERVER {error}")))
}

/// The server for tests that need one; they are ignored where there is none.
pub fn needed() -> SqlServerOptions {
    server().expect("needs ERP_TEST_PROFILE=cloud and ERP_TEST_SQLSERVER: run it with scripts/test-cloud")
}

/// An empty, migrated database that no other running test uses.
pub async fn empty_database(server: &SqlServerOptions) -> SqlServerOptions {
    let options = of_slot(server, "");
    for attempt in 1.. {
        match ready(&options).await {
            Ok(()) => break,
            // The stand-in makes one database at a time; a schema of an older checkout is replaced.
            Err(error) if attempt < TRIES => {
                if !error.to_string().contains("concurrently") {
                    let _ = drop_database(&options).await;
                }
                pause(attempt).await;
            }
            Err(error) => panic!("no database to test on: {error}"),
        }
    }
    options
}

/// A new database with the migrations up to `last` alone, as an earlier version left it.
pub async fn database_of_version(server: &SqlServerOptions, last: i64) -> SqlServerOptions {
    let options = of_slot(server, "_earlier");
    for attempt in 1.. {
        match earlier(&options, last).await {
            Ok(()) => break,
            Err(_) if attempt < TRIES => pause(attempt).await,
            Err(error) => panic!("no database of an earlier version to test on: {error}"),
        }
    }
    options
}

async fn earlier(options: &SqlServerOptions, last: i64) -> StorageResult<()> {
    drop_database(options).await?;
    let master = SqlServerOptions { database: Some("master".to_owned()), ..options.clone() };
    let name = options.database.as_deref().unwrap_or_default();
    execute(&master, &format!("CREATE DATABASE [{name}]")).await?;
    execute(options, HISTORY).await?;
    for migration in MIGRATIONS.iter().filter(|migration| migration.number <= last) {
        for batch in batches(migration.text(Dialect::SqlServer)) {
            execute(options, &batch).await?;
        }
        let (number, name, checksum) =
            (migration.number, migration.name, migration.checksum(Dialect::SqlServer));
        let applied = format!(
            "INSERT INTO schema_migration (number, name, checksum, applied_at) \
             VALUES ({number}, N'{name}', N'{checksum}', '2026-01-01');"
        );
        execute(options, &applied).await?;
    }
    Ok(())
}

/// The options of a database that only this test of the run uses.
fn of_slot(server: &SqlServerOptions, suffix: &str) -> SqlServerOptions {
    static OF_PROCESS: AtomicU32 = AtomicU32::new(0);
    let slot =
        std::env::var("NEXTEST_TEST_GLOBAL_SLOT").unwrap_or_else(|_| format!("p{}", std::process::id()));
    // Several checkouts may test on one server.
    let run = std::env::var("ERP_TEST_RUN").unwrap_or_default();
    let number = OF_PROCESS.fetch_add(1, Ordering::Relaxed);
    let name = format!("erp_test_{run}{slot}_{number}{suffix}");
    SqlServerOptions { database: Some(name), pool_min: 0, pool_max: POOL_MAX, ..server.clone() }
}

async fn pause(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(200 + 50 * u64::from(attempt))).await;
}

/// The connection string of an empty database of the test's own.
pub async fn connection_string(server: &SqlServerOptions) -> String {
    let name = empty_database(server).await.database.unwrap_or_default();
    let text = std::env::var("ERP_TEST_SQLSERVER").unwrap_or_default();
    format!("{text};Database={name};Max Pool Size={POOL_MAX}")
}

/// The connection string of an empty database that is reached at `address`.
pub async fn database_of(address: &str) -> String {
    let Some(server) = server() else { panic!("only with ERP_TEST_PROFILE=cloud") };
    format!("{};Server={address};TrustServerCertificate=True", connection_string(&server).await)
}

async fn ready(options: &SqlServerOptions) -> StorageResult<()> {
    let applied = prepare(options, None, Migrating::Apply, SystemClock.now()).await?.applied;
    if applied.len() == MIGRATIONS.len() {
        return Ok(());
    }
    if !applied.is_empty() {
        return Err(StorageError::Internal("an older schema".to_owned()));
    }
    // Children were created after their parents.
    let deletes: Vec<_> = tables().into_iter().rev().map(|table| format!("DELETE FROM {table};")).collect();
    let unlink = "UPDATE account SET parent_id = NULL; UPDATE journal_entry SET reverses_id = NULL, reversed_by_id = NULL;";
    execute(options, &format!("SET NOCOUNT ON; {ALL_TENANTS} {unlink} {}", deletes.join(" "))).await
}

/// In the order of their creation.
fn tables() -> Vec<&'static str> {
    let created = |text: &'static str| text.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
    let texts = MIGRATIONS.iter().flat_map(|migration| created(migration.text(Dialect::SqlServer)));
    texts.filter_map(|rest| rest.split([' ', '(']).next()).collect()
}
