//! Migrations on SQL Server: one process at a time under an application lock, all pending ones in one transaction.

use std::sync::Arc;
use std::time::Duration;

use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use tracing::{info, warn};

use super::answers::result_sets;
use super::connection_string::SqlServerOptions;
use super::error::storage_error;
use super::pool::{self, Connection, LoginTokens};
use crate::sql::dialect::Dialect;
use crate::sql::migrate::{
    Applied, EXPANSIONS, MIGRATION_WAIT_MAX, Migration, ahead, mark_expansions, note_expansions, pending,
    say_ahead,
};
use crate::sql::value::Value;

/// How long one statement of a migration may take, which includes the wait for another one; `Command Timeout` is meant for requests.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(3_600);

/// The changes to the schema that a start may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrating {
    /// Create the database if it is not there and apply what is pending: Development, tests and `erp-api migrate`.
    Apply,
    /// Start only on an up-to-date schema: Staging and Production, where a job migrates before the deployment (E14).
    Check,
}

/// Which migrations a database has.
pub const HISTORY: &str = "IF OBJECT_ID(N'schema_migration', N'U') IS NULL CREATE TABLE schema_migration (\
     number BIGINT NOT NULL, name NVARCHAR(100) NOT NULL, checksum NVARCHAR(64) NOT NULL, applied_at DATETIME2(6) NOT NULL, \
     CONSTRAINT pk_schema_migration PRIMARY KEY CLUSTERED (number));";
const INSERT: &str =
    "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES (@p1, @p2, @p3, @p4)";

/// Each company's books for itself.
pub const ROW_LEVEL_SECURITY: &str =
    include_str!("../../../../../migrations/mssql_only/row_level_security.sql");
/// Statements that only SQL Server itself understands, each with a condition under which it is already there. A
/// server that does not support one is named in the log and goes without.
static SERVER_ONLY: [(&str, &str); 4] = [
    ("degree_of_parallelism", include_str!("../../../../../migrations/mssql_only/degree_of_parallelism.sql")),
    ("row_versioning", include_str!("../../../../../migrations/mssql_only/row_versioning.sql")),
    ("application_role", include_str!("../../../../../migrations/mssql_only/application_role.sql")),
    ("row_level_security", ROW_LEVEL_SECURITY),
];

/// The parts of [`SERVER_ONLY`] that are not in force; one row each.
const MISSING: &str = "SELECT N'row_versioning' AS name WHERE NOT EXISTS (SELECT 1 FROM sys.databases \
     WHERE database_id = DB_ID() AND is_read_committed_snapshot_on = 1) UNION ALL \
     SELECT N'row_level_security' AS name WHERE NOT EXISTS (SELECT 1 FROM sys.security_policies \
     WHERE name = N'tenant_isolation' AND is_enabled = 1)";

/// Opens every company's books to whoever maintains the database, until the connection is reset.
pub const ALL_TENANTS: &str = "EXEC sp_set_session_context N'all_tenants', 1;";

/// The result of [`prepare`].
#[derive(Debug, Default)]
pub struct Prepared {
    /// Migrations that were applied.
    pub applied: Vec<&'static str>,
    /// The protections of the books on a real server that could not be put in force, each with the reason.
    pub without: Vec<String>,
}

/// Brings the schema to this version, or checks that it is there.
pub async fn prepare(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
    migrating: Migrating,
    now: Timestamp,
) -> StorageResult<Prepared> {
    if migrating == Migrating::Apply && pool::database_is_missing(options, tokens.clone()).await? {
        let created = create_database(options, tokens.clone()).await;
        // Another process may have been first.
        if created.is_err() && pool::database_is_missing(options, tokens.clone()).await? {
            return created.map(|()| Prepared::default());
        }
    }
    let command_timeout = match migrating {
        Migrating::Apply => STATEMENT_TIMEOUT.max(options.command_timeout),
        Migrating::Check => options.command_timeout,
    };
    let one = SqlServerOptions { pool_min: 0, pool_max: 1, command_timeout, ..options.clone() };
    let pool = pool::pool(&one, tokens)?;
    let mut connection = pool::get(&pool).await?;
    if migrating == Migrating::Check {
        let applied = applied(&mut connection).await?;
        let pending = pending(&applied, Dialect::SqlServer)?;
        return match pending.first() {
            None => {
                say_ahead(&applied);
                say_what_is_missing(&mut connection).await;
                Ok(Prepared::default())
            }
            Some(first) => Err(StorageError::Unusable(format!(
                "the database needs {} migration(s), from {}: run `erp-api migrate` first",
                pending.len(),
                first.name
            ))),
        };
    }
    let (applied, ahead) = apply(&mut connection, now).await?;
    // Each changes only what is not yet so, and may have failed the last time. A newer version knows more of it.
    let without = if ahead == 0 { server_only(&mut connection).await } else { Vec::new() };
    Ok(Prepared { applied, without })
}

/// The migrations that are applied; none in a database without history.
pub async fn applied_on(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
) -> StorageResult<Vec<Applied>> {
    if pool::database_is_missing(options, tokens.clone()).await? {
        return Ok(Vec::new());
    }
    let pool = pool::pool(&SqlServerOptions { pool_min: 0, pool_max: 1, ..options.clone() }, tokens)?;
    applied(&mut pool::get(&pool).await?).await
}

async fn applied(connection: &mut Connection) -> StorageResult<Vec<Applied>> {
    let known =
        "SELECT COUNT(*) AS count FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = N'schema_migration'";
    let found = result_sets(connection, known, &[]).await?.into_iter().flatten().next();
    let found: i64 = found.map_or(Ok(0), |row| row.single("tables", "count"))?;
    if found == 0 {
        return Ok(Vec::new());
    }
    let rows = result_sets(connection, "SELECT number, checksum FROM schema_migration ORDER BY number", &[]);
    let read = |row: crate::sql::value::Row| {
        let mut columns = row.columns("schema_migration");
        Ok(Applied::new((columns.get("number")?, columns.get("checksum")?)))
    };
    let mut applied = rows.await?.into_iter().flatten().map(read).collect::<StorageResult<Vec<_>>>()?;
    if ahead(&applied) > 0 {
        let rows = result_sets(connection, EXPANSIONS, &[]).await?.into_iter().flatten();
        let numbers = rows.map(|row| row.single("schema_migration", "number"));
        note_expansions(&mut applied, &numbers.collect::<StorageResult<Vec<i64>>>()?);
    }
    Ok(applied)
}

/// Names what was applied, and how many migrations the database is ahead.
async fn apply(connection: &mut Connection, now: Timestamp) -> StorageResult<(Vec<&'static str>, usize)> {
    let wait_ms = MIGRATION_WAIT_MAX.as_millis();
    let begin = format!(
        "SET NOCOUNT ON; SET XACT_ABORT ON; {ALL_TENANTS} BEGIN TRANSACTION; DECLARE @lock INT; \
         EXEC @lock = sp_getapplock @Resource = N'erp-migrate', @LockMode = N'Exclusive', @LockOwner = N'Transaction', \
         @LockTimeout = {wait_ms}; IF @lock < 0 THROW 50002, N'another migration does not end', 1;"
    );
    plain(connection, &begin).await?;
    plain(connection, HISTORY).await?;
    let mut names = Vec::new();
    let before = applied(connection).await?;
    say_ahead(&before);
    for migration in pending(&before, Dialect::SqlServer)? {
        run(connection, migration, now).await?;
        info!(target: "erp::lifetime", migration = migration.name, "Migrated the database: {{migration}}");
        names.push(migration.name);
    }
    if !names.is_empty() {
        plain(connection, &mark_expansions()).await?;
    }
    plain(connection, "COMMIT TRANSACTION;").await?;
    Ok((names, ahead(&before)))
}

async fn run(connection: &mut Connection, migration: &Migration, now: Timestamp) -> StorageResult<()> {
    for batch in batches(migration.text(Dialect::SqlServer)) {
        plain(connection, &batch).await.map_err(|error| {
            StorageError::Internal(format!("migration {} failed and was undone: {error}", migration.name))
        })?;
    }
    let row: [Value; 4] = [
        migration.number.into(),
        migration.name.into(),
        migration.checksum(Dialect::SqlServer).into(),
        now.into(),
    ];
    result_sets(connection, INSERT, &row).await.map(|_| ())
}

/// Splits at lines that say `GO`, as SQL Server's own tools do.
pub fn batches(text: &str) -> Vec<String> {
    let mut batches = vec![String::new()];
    for line in text.lines() {
        if line.trim().eq_ignore_ascii_case("GO") {
            batches.push(String::new());
        } else if let Some(batch) = batches.last_mut() {
            batch.push_str(line);
            batch.push('\n');
        }
    }
    batches.retain(|batch| !batch.trim().is_empty());
    batches
}

async fn server_only(connection: &mut Connection) -> Vec<String> {
    let mut without = Vec::new();
    for (name, text) in SERVER_ONLY {
        for batch in batches(text) {
            if let Err(error) = plain(connection, &batch).await {
                warn!(target: "erp::lifetime", name, %error, "This server goes without {{name}}: {{error}}");
                without.push(format!("{name}: {error}"));
                break;
            }
        }
    }
    without
}

/// Names what protects the books on a real server and is not in force here; it may have failed while migrating.
async fn say_what_is_missing(connection: &mut Connection) {
    let found = result_sets(connection, MISSING, &[]).await;
    let names = found.and_then(|sets| {
        let rows = sets.into_iter().flatten();
        rows.map(|row| row.single::<String>("missing", "name")).collect::<StorageResult<Vec<_>>>()
    });
    match names {
        Ok(names) if names.is_empty() => {}
        Ok(names) => {
            let names = names.join(", ");
            warn!(target: "erp::lifetime", names, "This database goes without {{names}}: run `erp-api migrate` as its owner");
        }
        Err(error) => {
            warn!(target: "erp::lifetime", %error, "What protects this database cannot be seen: {{error}}")
        }
    }
}

async fn create_database(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
) -> StorageResult<()> {
    let Some(name) = &options.database else { return Ok(()) };
    let master =
        SqlServerOptions { database: Some("master".to_owned()), pool_min: 0, pool_max: 1, ..options.clone() };
    let pool = pool::pool(&master, tokens)?;
    let mut connection = pool::get(&pool).await?;
    info!(target: "erp::lifetime", database = name, "Creating the database {{database}}");
    plain(&mut connection, &format!("CREATE DATABASE {}", quoted(name))).await
}

/// Removes a database; for tests and tools.
pub async fn drop_database(options: &SqlServerOptions) -> StorageResult<()> {
    let Some(name) = &options.database else { return Ok(()) };
    let master =
        SqlServerOptions { database: Some("master".to_owned()), pool_min: 0, pool_max: 1, ..options.clone() };
    let pool = pool::pool(&master, None)?;
    let mut connection = pool::get(&pool).await?;
    plain(&mut connection, &format!("DROP DATABASE IF EXISTS {}", quoted(name))).await
}

/// Runs one batch on the options' database; for tests and tools.
pub async fn execute(options: &SqlServerOptions, sql: &str) -> StorageResult<()> {
    let pool = pool::pool(&SqlServerOptions { pool_min: 0, pool_max: 1, ..options.clone() }, None)?;
    plain(&mut pool::get(&pool).await?, sql).await
}

fn quoted(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

async fn plain(connection: &mut Connection, sql: &str) -> StorageResult<()> {
    connection.client.execute(sql, &[]).await.map(|_| ()).map_err(storage_error)
}
