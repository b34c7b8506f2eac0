//! An open transaction of SQL Server: reads at once, writes together.
//!
//! A write whose row count nobody waits for is kept back and travels with the next read or with the commit, so a posting
//! takes four round trips however many lines it has. Reference data that was read is remembered between transactions
//! while none writes it: every transaction of a tenant shares an application lock; one that changes reference data holds
//! it alone and raises a version that the others compare.

mod many;
mod requests;

use std::sync::Arc;

use application::ports::storage_error::{StorageError, StorageResult};
use domain::ids::TenantId;
use uuid::Uuid;

use super::super::dialect::Dialect;
use super::super::meter::Meter;
use super::super::reference_tables::{Touch, tenant_of};
use super::super::statement::{Lookup, Statement};
use super::super::value::{Row, Value};
use super::answers::last_sets;
use super::batch::Batch;
use super::json::keys_json;
use super::memory::SharedMemory;
use super::pool::Connection;
use super::session::{self, tenant_lock};

/// How long a statement waits for a lock, in milliseconds, before the work is tried again.
pub const LOCK_TIMEOUT_MS: u32 = 10_000;
/// Queries that travel in one request.
const QUERIES_AT_ONCE_MAX: usize = 100;

/// How a transaction holds its tenant's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    Shared,
    /// Alone: for a change of reference data.
    Exclusive,
}

impl Hold {
    pub fn mode(self) -> &'static str {
        match self {
            Self::Shared => "Shared",
            Self::Exclusive => "Exclusive",
        }
    }
}

/// The connection inside a transaction.
pub struct SqlServerTx {
    connection: Option<Connection>,
    memory: Arc<SharedMemory>,
    tenant: TenantId,
    hold: Hold,
    begun: bool,
    pending: Batch,
    /// The version of the tenant's reference data, once read.
    version: Option<i64>,
    /// Tenants whose reference data this transaction has written: their versions are raised as it commits.
    changed: Vec<TenantId>,
    /// Tables that grow were written: what is read of them may still be rolled back.
    wrote_growing: bool,
    /// The work wants to write reference data but does not hold the lock alone.
    wants_exclusive: bool,
    depth: usize,
    poisoned: bool,
    /// The connection broke.
    lost: bool,
    /// The last request failed by the server's own word.
    refused: bool,
    /// The commit was sent, and nothing said whether it happened.
    commit_unanswered: bool,
    /// The idempotency key of the work, looked for as the transaction begins.
    replay_key: Option<(Uuid, String)>,
    /// There is an answer under the key: the work has to run once more and read it.
    replay_found: bool,
    /// Other tenants whose locks this transaction holds.
    entered: Vec<(TenantId, Hold)>,
    /// Locks asked for so far, which keeps their variables in one batch apart.
    locks: usize,
    /// Tables of joined rows named so far: a batch may hold several.
    tables: usize,
    meter: Arc<Meter>,
}

impl SqlServerTx {
    pub fn new(
        connection: Connection,
        memory: Arc<SharedMemory>,
        meter: Arc<Meter>,
        tenant: TenantId,
        hold: Hold,
    ) -> Self {
        Self {
            connection: Some(connection),
            memory,
            tenant,
            hold,
            begun: false,
            pending: Batch::default(),
            version: None,
            changed: Vec::new(),
            wrote_growing: false,
            wants_exclusive: false,
            depth: 0,
            poisoned: false,
            lost: false,
            refused: false,
            commit_unanswered: false,
            replay_key: None,
            replay_found: false,
            entered: Vec::new(),
            locks: 0,
            tables: 0,
            meter,
        }
    }

    /// Looks for the answer of an earlier request while it begins.
    #[must_use]
    pub fn expecting_no_replay(mut self, key: Option<(Uuid, String)>) -> Self {
        self.replay_key = key;
        self
    }

    pub fn knows_no_replay(&self, owner: Uuid, key: &str) -> bool {
        self.replay_key.as_ref().is_some_and(|(expected, text)| *expected == owner && text == key)
    }

    pub fn found_replay(&self) -> bool {
        self.replay_found
    }

    pub fn wants_exclusive(&self) -> bool {
        self.wants_exclusive
    }

    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Whether the commit was sent and neither happened for certain nor failed for certain.
    pub fn may_have_committed(&self) -> bool {
        self.commit_unanswered
    }

    /// Also takes another tenant's lock: provisioning and platform administration write there.
    pub fn enter(&mut self, tenant: TenantId) {
        if tenant == self.tenant {
            return;
        }
        self.pending.push(&session::entered(tenant), &[]);
        if !self.entered.iter().any(|(entered, _)| *entered == tenant) {
            self.hold_other(tenant, self.hold);
        }
    }

    fn hold_other(&mut self, tenant: TenantId, hold: Hold) {
        self.entered.retain(|(entered, _)| *entered != tenant);
        self.entered.push((tenant, hold));
        self.locks += 1;
        self.pending.push(&tenant_lock(tenant, hold.mode(), self.locks), &[]);
    }

    /// Noted before each write. A change of reference data holds its tenant's lock alone; the work's own tenant's is taken
    /// as the transaction begins, so a work that finds out later that it needs it begins again.
    fn will_write(&mut self, name: &str, touch: Touch, first: Option<&Value>) -> StorageResult<()> {
        match touch {
            Touch::Nothing => return Ok(()),
            Touch::Grows => {
                self.wrote_growing = true;
                return Ok(());
            }
            Touch::Changes => {}
        }
        let tenant = tenant_of(first).map_or(self.tenant, TenantId::new);
        if self.changed.contains(&tenant) {
            return Ok(());
        }
        if tenant != self.tenant {
            if !self.entered.contains(&(tenant, Hold::Exclusive)) {
                self.hold_other(tenant, Hold::Exclusive);
            }
        } else if self.hold == Hold::Shared {
            self.wants_exclusive = true;
            self.poisoned = true;
            return Err(StorageError::Retryable(format!("{name} changes reference data: again, alone")));
        }
        self.changed.push(tenant);
        Ok(())
    }

    fn will_run(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<()> {
        self.will_write(statement.name, statement.touches(Dialect::SqlServer), params.first())
    }

    pub async fn execute(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<u64> {
        self.will_run(statement, params)?;
        self.make_room(params.len()).await?;
        self.ask(statement.mssql(), params);
        self.pending.push("SELECT @@ROWCOUNT AS row_count", &[]);
        let rows = self.send().await?;
        let count =
            rows.into_iter().next_back().ok_or_else(|| StorageError::Internal("no row count".to_owned()))?;
        count.single("rowcount", "row_count")
    }

    /// A write that is not waited for; with `one`, the transaction fails unless it changes exactly one row.
    pub async fn later(&mut self, statement: &Statement, params: &[Value], one: bool) -> StorageResult<()> {
        self.will_run(statement, params)?;
        self.make_room(params.len()).await?;
        self.ask(statement.mssql(), params);
        if one {
            self.pending.expect_rows(1, statement.name);
        }
        Ok(())
    }

    pub async fn query(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<Vec<Row>> {
        if statement.writes() {
            self.will_run(statement, params)?;
        } else if statement.reference && params.first() == Some(&self.tenant.into()) {
            return self.remembered(statement.name, statement.mssql(), params, statement.grows()).await;
        }
        self.make_room(params.len()).await?;
        self.ask(statement.mssql(), params);
        self.send().await
    }

    pub async fn query_all<const N: usize>(
        &mut self,
        queries: [(&Statement, &[Value]); N],
    ) -> StorageResult<[Vec<Row>; N]> {
        last_sets(self.query_each(&queries).await?)
    }

    pub async fn query_each(&mut self, queries: &[(&Statement, &[Value])]) -> StorageResult<Vec<Vec<Row>>> {
        let mut all = Vec::with_capacity(queries.len());
        for piece in queries.chunks(QUERIES_AT_ONCE_MAX) {
            self.make_room(piece.iter().map(|(_, params)| params.len()).sum()).await?;
            for (statement, params) in piece {
                if statement.writes() {
                    self.will_run(statement, params)?;
                }
                self.ask(statement.mssql(), params);
            }
            let sets = self.send_all().await?;
            // Pending statements may have answered before them.
            let before = sets.len().checked_sub(piece.len());
            let fewer = || StorageError::Internal("queries answered fewer result sets".to_owned());
            all.extend(sets.into_iter().skip(before.ok_or_else(fewer)?));
        }
        Ok(all)
    }

    pub async fn lookup(
        &mut self,
        lookup: &Lookup,
        tenant: TenantId,
        keys: Vec<Value>,
    ) -> StorageResult<Vec<Row>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let params = [tenant.into(), keys_json(&keys).into()];
        if lookup.reference && tenant == self.tenant && keys.len() <= SharedMemory::KEYS_MAX {
            return self.remembered(lookup.name, lookup.mssql(), &params, lookup.grows()).await;
        }
        self.make_room(params.len()).await?;
        self.ask(lookup.mssql(), &params);
        self.send().await
    }

    pub async fn savepoint(&mut self) -> StorageResult<()> {
        self.depth += 1;
        let sql = format!("SAVE TRANSACTION s{}", self.depth);
        self.pending.push(&sql, &[]);
        Ok(())
    }

    pub async fn end_savepoint(&mut self, keep: bool) -> StorageResult<()> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if keep {
            return Ok(());
        }
        if self.poisoned {
            // An error has ended the whole transaction on the server; there is nothing left to keep.
            return Err(StorageError::Retryable("a part failed in the database".to_owned()));
        }
        let sql = format!("ROLLBACK TRANSACTION s{depth}");
        self.pending.push(&sql, &[]);
        Ok(())
    }

    async fn remembered(
        &mut self,
        name: &'static str,
        sql: &str,
        params: &[Value],
        grows: bool,
    ) -> StorageResult<Vec<Row>> {
        if !self.changed.is_empty() || (grows && self.wrote_growing) {
            self.make_room(params.len()).await?;
            self.ask(sql, params);
            return self.send().await;
        }
        let version = self.reference_version().await?;
        if let Some(rows) = self.memory.get(self.tenant, version, name, params) {
            return Ok(rows);
        }
        self.make_room(params.len()).await?;
        self.ask(sql, params);
        let rows = self.send().await?;
        if !grows || !rows.is_empty() {
            self.memory.put(self.tenant, version, name, params, &rows);
        }
        Ok(rows)
    }

    async fn reference_version(&mut self) -> StorageResult<i64> {
        if let Some(version) = self.version {
            return Ok(version);
        }
        self.send().await?;
        self.version.ok_or_else(|| {
            StorageError::Internal("the version of the reference data was not read".to_owned())
        })
    }
}
