//! An open transaction of either engine.

use application::ports::storage_error::{StorageError, StorageResult};
use domain::ids::TenantId;

use super::sqlite::SqliteTx;
use super::statement::{Accumulate, Bulk, Lookup, Statement};
use super::value::{Row, Value};

/// Most rows one query of a command may read; more is a defect, not an answer.
pub const ROWS_MAX: usize = 200_000;

/// The engine's transaction. After any error it is poisoned: the work that met it cannot commit.
pub enum Tx {
    Sqlite(SqliteTx),
}

impl Tx {
    /// Runs a statement and answers how many rows it changed.
    pub async fn execute(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<u64> {
        match self {
            Self::Sqlite(tx) => {
                tx.will_write(statement.name);
                tx.execute(statement.sqlite(), params)
            }
        }
    }

    pub async fn query(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<Vec<Row>> {
        match self {
            Self::Sqlite(tx) if statement.reference => {
                tx.remembered(statement.name, statement.sqlite(), params)
            }
            Self::Sqlite(tx) => tx.query(statement.sqlite(), params),
        }
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
            Self::Sqlite(tx) => {
                let mut rows = Vec::new();
                for key in keys {
                    let params = [tenant.into(), key];
                    rows.extend(if lookup.reference {
                        tx.remembered(lookup.name, lookup.sqlite(), &params)?
                    } else {
                        tx.query(lookup.sqlite(), &params)?
                    });
                }
                Ok(rows)
            }
        }
    }

    /// Exactly one changed row, or an internal error: for writes whose key was just read in this transaction.
    pub async fn execute_one(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<()> {
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
                tx.will_write(bulk.name);
                tx.insert_many(bulk.sqlite(), rows)
            }
        }
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
                tx.will_write(accumulate.name);
                tx.accumulate(accumulate.sqlite(), rows)
            }
        }
    }

    /// Begins a nested part that can be undone by itself.
    pub async fn savepoint(&mut self) -> StorageResult<()> {
        match self {
            Self::Sqlite(tx) => tx.savepoint(),
        }
    }

    /// Ends the innermost nested part: keeps it, or undoes exactly what it did.
    pub async fn end_savepoint(&mut self, keep: bool) -> StorageResult<()> {
        match self {
            Self::Sqlite(tx) => tx.end_savepoint(keep),
        }
    }
}
