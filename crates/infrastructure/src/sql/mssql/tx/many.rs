//! Writes of many rows: each is one statement for as many rows as one parameter carries.

use application::ports::storage_error::{StorageError, StorageResult};

use super::super::super::bulk::{Accumulate, Bulk};
use super::super::super::bulk_update::BulkUpdate;
use super::super::super::reference_tables;
use super::super::super::value::Value;
use super::super::json::rows_json;
use super::SqlServerTx;

/// Rows of one write that travel in one parameter.
const BULK_ROWS_MAX: usize = 10_000;
/// Rows that are joined as they come; making a table for more is worth it.
const JOINED_MAX: usize = 200;

impl SqlServerTx {
    pub async fn insert_many(&mut self, bulk: &Bulk, rows: Vec<Vec<Value>>) -> StorageResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let first = rows.first().and_then(|row| row.first());
        self.will_write(bulk.name, reference_tables::of_table(bulk.table), first)?;
        if let [row] = rows.as_slice() {
            self.make_room(row.len()).await?;
            self.ask(bulk.mssql_one(), row);
            return Ok(());
        }
        let kinds = bulk.kinds();
        for piece in rows.chunks(BULK_ROWS_MAX) {
            self.make_room(1).await?;
            self.ask(bulk.mssql(), &[rows_json(&kinds, piece).into()]);
        }
        Ok(())
    }

    pub async fn accumulate(&mut self, accumulate: &Accumulate, rows: Vec<Vec<Value>>) -> StorageResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let first = rows.first().and_then(|row| row.first());
        self.will_write(accumulate.name, reference_tables::of_table(accumulate.table), first)?;
        let kinds = accumulate.kinds();
        for piece in rows.chunks(BULK_ROWS_MAX) {
            self.make_room(1).await?;
            let deltas = rows_json(&kinds, piece).into();
            self.ask_joined((accumulate.mssql(), accumulate.mssql_many()), piece.len(), deltas);
        }
        Ok(())
    }

    /// Joins rows as they come, or by a table of them where they are many.
    fn ask_joined(&mut self, (few, many): (&str, &str), count: usize, rows: Value) {
        if count <= JOINED_MAX {
            return self.ask(few, &[rows]);
        }
        self.tables += 1;
        let text = many.replace("@d ", &format!("@d{} ", self.tables));
        self.ask(&text, &[rows]);
    }

    /// Changes rows and answers how many it changed.
    pub async fn update_many(&mut self, update: &BulkUpdate, rows: Vec<Vec<Value>>) -> StorageResult<u64> {
        let mut changed = 0;
        for piece in rows.chunks(BULK_ROWS_MAX) {
            self.update_piece(update, piece).await?;
            self.pending.push("SELECT @@ROWCOUNT AS row_count", &[]);
            let rows = self.send().await?;
            let count = rows.into_iter().next_back();
            let count = count.ok_or_else(|| StorageError::Internal("no row count".to_owned()))?;
            changed += count.single::<u64>("rowcount", "row_count")?;
        }
        Ok(changed)
    }

    /// Changes rows without waiting for it; the transaction fails unless it changes all of them.
    pub async fn update_all(&mut self, update: &BulkUpdate, rows: Vec<Vec<Value>>) -> StorageResult<()> {
        for piece in rows.chunks(BULK_ROWS_MAX) {
            self.update_piece(update, piece).await?;
            self.pending.expect_rows(piece.len(), update.name);
        }
        Ok(())
    }

    async fn update_piece(&mut self, update: &BulkUpdate, rows: &[Vec<Value>]) -> StorageResult<()> {
        let first = rows.first().and_then(|row| row.first());
        self.will_write(update.name, reference_tables::of_table(update.table), first)?;
        if let [row] = rows {
            self.make_room(row.len()).await?;
            self.ask(update.mssql_one(), row);
            return Ok(());
        }
        self.make_room(1).await?;
        let json = rows_json(&update.kinds(), rows).into();
        self.ask_joined((update.mssql(), update.mssql_many()), rows.len(), json);
        Ok(())
    }
}
