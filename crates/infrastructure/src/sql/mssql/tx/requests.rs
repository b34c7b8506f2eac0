//! The requests of a transaction: its beginning, what is pending, its end.

use std::time::Instant;

use application::ports::storage_error::{StorageError, StorageResult};

use super::super::super::meter::Ran;
use super::super::super::statement::ROWS_MAX;
use super::super::super::value::{Row, Value};
use super::super::answers::result_sets;
use super::super::batch::Batch;
use super::super::error::{is_replay, of_request};
use super::super::pool::{Connection, in_time};
use super::super::session::{self, tenant_lock};
use super::{LOCK_TIMEOUT_MS, SqlServerTx};

/// The counter whose value changes with any reference data of its tenant.
const REFERENCE_VERSION: &str = "reference";
/// Ends the transaction where there is an answer under the key, which is rare.
const FIND_REPLAY: &str = "IF EXISTS (SELECT 1 FROM idempotency WHERE tenant_id = @P1 AND user_id = @P2 \
     AND idempotency_key = @P3) THROW 50003, N'replay', 1";
const READ_VERSION: &str =
    "SELECT COALESCE(MAX(value), 0) AS value FROM counter WHERE tenant_id = @P1 AND name = @P2";
const RAISE_VERSION: &str = "UPDATE counter SET value = value + 1 WHERE tenant_id = @P1 AND name = @P2; \
     IF @@ROWCOUNT = 0 INSERT INTO counter (tenant_id, name, value) VALUES (@P1, @P2, 1)";

impl SqlServerTx {
    /// Appends a statement of the product, unlike those of the transaction itself.
    pub(super) fn ask(&mut self, sql: &str, params: &[Value]) {
        self.meter.statement();
        self.pending.push(sql, params);
    }

    pub(super) async fn make_room(&mut self, params: usize) -> StorageResult<()> {
        if !self.pending.has_room_for(params + 4) {
            self.send().await?;
        }
        Ok(())
    }

    /// Sends what is pending and answers the last result set.
    pub(super) async fn send(&mut self) -> StorageResult<Vec<Row>> {
        Ok(self.send_all().await?.pop().unwrap_or_default())
    }

    pub(super) async fn send_all(&mut self) -> StorageResult<Vec<Vec<Row>>> {
        self.begin().await?;
        let reads_version = self.version.is_none();
        if reads_version {
            let mut first = Batch::default();
            first.push(READ_VERSION, &[self.tenant.into(), REFERENCE_VERSION.into()]);
            first.append(&mut self.pending);
            self.pending = first;
        }
        let (text, params) = self.pending.take();
        let mut sets = self.request(&text, &params).await?;
        if reads_version {
            let version = if sets.is_empty() { None } else { sets.remove(0).into_iter().next() };
            self.version = version.map(|row| row.single("counter", "value")).transpose()?;
        }
        if sets.iter().any(|rows| rows.len() > ROWS_MAX) {
            return Err(StorageError::Internal(format!("more than {ROWS_MAX} rows")));
        }
        Ok(sets)
    }

    async fn begin(&mut self) -> StorageResult<()> {
        if self.poisoned {
            return Err(StorageError::Internal("a command went on after a failed statement".to_owned()));
        }
        if self.begun {
            return Ok(());
        }
        let mut first = Batch::default();
        if let Some((owner, key)) = &self.replay_key {
            first.push(FIND_REPLAY, &[self.tenant.into(), (*owner).into(), key.into()]);
        }
        let sql = format!(
            "SET NOCOUNT ON; SET XACT_ABORT ON; SET LOCK_TIMEOUT {LOCK_TIMEOUT_MS}; \
             SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION; {}{}\n{}",
            session::of_tenant(self.tenant),
            tenant_lock(self.tenant, self.hold.mode(), 0),
            first.take_as_call()
        );
        self.plain(&sql).await?;
        self.begun = true;
        Ok(())
    }

    /// Commits what was done; nothing was if nothing began.
    pub async fn commit(&mut self) -> StorageResult<()> {
        self.raise_reference_versions().await?;
        if !self.begun && self.pending.is_empty() {
            return Ok(());
        }
        self.begin().await?;
        if !self.pending.fits_as_constants() {
            self.send().await?;
        }
        let call = self.pending.take_as_call();
        let committed = self.plain(&format!("{call}COMMIT TRANSACTION;")).await;
        // A server that refuses it has undone everything, unless it ends the session with it.
        let ended = matches!(committed, Err(StorageError::Unavailable(_) | StorageError::Timeout(_)));
        self.commit_unanswered = ended || (committed.is_err() && !self.refused);
        committed
    }

    async fn raise_reference_versions(&mut self) -> StorageResult<()> {
        for tenant in std::mem::take(&mut self.changed) {
            self.make_room(4).await?;
            self.pending.push(RAISE_VERSION, &[tenant.into(), REFERENCE_VERSION.into()]);
        }
        Ok(())
    }

    /// Undoes everything. A connection that cannot is thrown away, and the server undoes it.
    pub async fn rollback(mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if !self.begun {
            return;
        }
        if !self.poisoned {
            self.meter.round_trip();
        }
        let patience = connection.patience;
        let undone = !self.poisoned
            && in_time(patience, connection.client.execute("ROLLBACK TRANSACTION", &[])).await.is_ok();
        if !undone {
            drop(Connection::take(connection));
        }
    }

    async fn plain(&mut self, sql: &str) -> StorageResult<()> {
        self.meter.round_trip();
        let Some(connection) = self.connection.as_mut() else { return Err(gone()) };
        let patience = connection.patience;
        let began = Instant::now();
        let done = in_time(patience, connection.client.execute(sql, &[])).await;
        self.meter.took(Ran::Write, ("beginning or end of a transaction", ""), began, &done);
        self.replay_found |= matches!(&done, Err(error) if is_replay(error));
        self.refused = matches!(&done, Err(mssql_client::Error::Server { .. }));
        done.map(|_| ()).map_err(|error| of_request(error, sql)).inspect_err(|error| self.failed(error))
    }

    async fn request(&mut self, sql: &str, params: &[Value]) -> StorageResult<Vec<Vec<Row>>> {
        self.meter.round_trip();
        let Some(connection) = self.connection.as_mut() else { return Err(gone()) };
        let began = Instant::now();
        let sets = result_sets(connection, sql, params).await;
        self.meter.took(Ran::Write, ("", sql), began, &sets);
        sets.inspect_err(|error| self.failed(error))
    }

    fn failed(&mut self, error: &StorageError) {
        self.poisoned = true;
        self.lost |= matches!(error, StorageError::Unavailable(_));
    }
}

fn gone() -> StorageError {
    StorageError::Internal("the transaction has ended".to_owned())
}
