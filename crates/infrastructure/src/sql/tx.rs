//! An open transaction of either engine.

use application::ports::storage_error::{StorageError, StorageResult};
use domain::ids::TenantId;
use uuid::Uuid;

use super::bulk::{Accumulate, Bulk};
use super::bulk_update::BulkUpdate;
use super::dialect::Dialect;
use super::mssql::tx::SqlServerTx;
use super::reference_tables;
use super::sqlite::tx::SqliteTx;
use super::statement::{Lookup, Statement};
use super::value::{Row, Value};

/// The engine's transaction. After any error it is poisoned: the work that met it cannot commit.
#[expect(clippy::large_enum_variant, reason = "there are few, and none is moved about")]
pub enum Tx {
    Sqlite(SqliteTx),
    SqlServer(SqlServerTx),
}

impl Tx {
    /// Runs a statement and answers how many rows it changed.
    pub async fn execute(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<u64> {
        match self {
            Self::Sqlite(tx) => {
                tx.will_write(statement.touches(Dialect::Sqlite), params.first());
                tx.execute(statement, params)
            }
            Self::SqlServer(tx) => tx.execute(statement, params).await,
        }
    }

    /// Runs a statement whose row count nobody needs. It may travel with a later one, where its error then shows.
    pub async fn apply(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<()> {
        match self {
            Self::Sqlite(_) => self.execute(statement, params).await.map(|_| ()),
            Self::SqlServer(tx) => tx.later(statement, params, false).await,
        }
    }

    pub async fn query(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<Vec<Row>> {
        match self {
            Self::Sqlite(tx) if statement.reference => tx.remembered(statement, params),
            Self::Sqlite(tx) => {
                tx.will_write(statement.touches(Dialect::Sqlite), params.first());
                tx.query(statement, params)
            }
            Self::SqlServer(tx) => tx.query(statement, params).await,
        }
    }

    /// Several queries in one round trip where there is one.
    pub async fn query_all<const N: usize>(
        &mut self,
        queries: [(&Statement, &[Value]); N],
    ) -> StorageResult<[Vec<Row>; N]> {
        if let Self::SqlServer(tx) = self {
            return tx.query_all(queries).await;
        }
        let mut all = [const { Vec::new() }; N];
        for (rows, (statement, params)) in all.iter_mut().zip(queries) {
            *rows = self.query(statement, params).await?;
        }
        Ok(all)
    }

    /// As [`Self::query_all`], for any number of queries.
    pub async fn query_each(&mut self, queries: &[(&Statement, &[Value])]) -> StorageResult<Vec<Vec<Row>>> {
        if let Self::SqlServer(tx) = self {
            return tx.query_each(queries).await;
        }
        let mut all = Vec::with_capacity(queries.len());
        for (statement, params) in queries {
            all.push(self.query(statement, params).await?);
        }
        Ok(all)
    }

    /// Whether the engine, as it began, saw that there is no answer under this key.
    pub fn knows_no_replay(&self, owner: Uuid, key: &str) -> bool {
        matches!(self, Self::SqlServer(tx) if tx.knows_no_replay(owner, key))
    }

    /// The first row, if there is one.
    pub async fn find(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<Option<Row>> {
        Ok(self.query(statement, params).await?.into_iter().next())
    }

    /// The rows of all keys, in no particular order.
    pub async fn lookup(
        &mut self,
        lookup: &Lookup,
        tenant: TenantId,
        keys: impl Iterator<Item = Value> + Send,
    ) -> StorageResult<Vec<Row>> {
        match self {
            Self::Sqlite(tx) => tx.lookup(lookup, tenant, keys),
            Self::SqlServer(tx) => tx.lookup(lookup, tenant, keys.collect()).await,
        }
    }

    /// Exactly one changed row: for writes whose key was just read in this transaction. Another count is an internal
    /// error of the one writer of SQLite, and on SQL Server a lost race, after which the work runs again.
    pub async fn execute_one(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<()> {
        if let Self::SqlServer(tx) = self {
            return tx.later(statement, params, true).await;
        }
        match self.execute(statement, params).await? {
            1 => Ok(()),
            n => Err(StorageError::Internal(format!("{} changed {n} rows instead of one", statement.name))),
        }
    }

    /// Inserts all rows, in one round trip where there is one.
    pub async fn insert_many(
        &mut self,
        bulk: &Bulk,
        rows: impl Iterator<Item = Vec<Value>> + Send,
    ) -> StorageResult<()> {
        match self {
            Self::Sqlite(tx) => {
                let mut rows = rows.peekable();
                let Some(first) = rows.peek() else { return Ok(()) };
                tx.will_write(reference_tables::of_table(bulk.table), first.first());
                tx.insert_many(bulk.sqlite(), rows)
            }
            Self::SqlServer(tx) => tx.insert_many(bulk, rows.collect()).await,
        }
    }

    /// Whether a read is a round trip, so that what is needed later had better come with an earlier one.
    pub fn asks_at_a_distance(&self) -> bool {
        matches!(self, Self::SqlServer(_))
    }

    /// Adds each row's amounts to its key's row. Rows MUST be in key order, so that two transactions never wait for
    /// each other in a circle.
    pub async fn accumulate(
        &mut self,
        accumulate: &Accumulate,
        rows: impl Iterator<Item = Vec<Value>> + Send,
    ) -> StorageResult<()> {
        match self {
            Self::Sqlite(tx) => {
                let mut rows = rows.peekable();
                let Some(first) = rows.peek() else { return Ok(()) };
                tx.will_write(reference_tables::of_table(accumulate.table), first.first());
                tx.accumulate(accumulate.sqlite(), rows)
            }
            Self::SqlServer(tx) => tx.accumulate(accumulate, rows.collect()).await,
        }
    }

    /// Changes all rows, in one round trip where there is one, and answers how many of them its condition let pass. Rows MUST be
    /// in key order, as for [`Self::accumulate`].
    pub async fn update_many(&mut self, update: &BulkUpdate, rows: Vec<Vec<Value>>) -> StorageResult<u64> {
        match self {
            Self::Sqlite(tx) => {
                let Some(first) = rows.first() else { return Ok(0) };
                tx.will_write(reference_tables::of_table(update.table), first.first());
                tx.update_many(update.sqlite(), rows)
            }
            Self::SqlServer(tx) => tx.update_many(update, rows).await,
        }
    }

    /// Changes all rows and every one of them; as in [`Self::execute_one`], what fails is the writer or a race.
    pub async fn update_all(&mut self, update: &BulkUpdate, rows: Vec<Vec<Value>>) -> StorageResult<()> {
        if let Self::SqlServer(tx) = self {
            return tx.update_all(update, rows).await;
        }
        let all = rows.len() as u64;
        match self.update_many(update, rows).await? {
            changed if changed == all => Ok(()),
            n => Err(StorageError::Internal(format!("{} changed {n} rows instead of {all}", update.name))),
        }
    }

    /// Begins a nested part that can be undone by itself.
    pub async fn savepoint(&mut self) -> StorageResult<()> {
        match self {
            Self::Sqlite(tx) => tx.savepoint(),
            Self::SqlServer(tx) => tx.savepoint().await,
        }
    }

    /// Ends the innermost nested part: keeps it, or undoes exactly what it did.
    pub async fn end_savepoint(&mut self, keep: bool) -> StorageResult<()> {
        match self {
            Self::Sqlite(tx) => tx.end_savepoint(keep),
            Self::SqlServer(tx) => tx.end_savepoint(keep).await,
        }
    }

    /// From here on another tenant's data is written, too.
    pub fn enter(&mut self, tenant: TenantId) {
        match self {
            Self::Sqlite(_) => {}
            Self::SqlServer(tx) => tx.enter(tenant),
        }
    }
}
