//! The writer's connection, and what a work does with it.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use application::ports::storage_error::{StorageError, StorageResult};
use domain::ids::TenantId;
use rusqlite::Connection;

use super::super::meter::{Meter, Ran};
use super::super::reference_memory::ReferenceMemory;
use super::super::reference_tables::Touch;
use super::super::statement::{Lookup, ROWS_MAX, Statement};
use super::super::value::{Names, Row, Value};
use super::damage::Damage;
use super::options::SqliteOptions;
use super::page_cache::PageCache;
use super::pauses::WritePauses;
use super::pulse::Pulse;
use super::values::{bind, keep_plans, names_of, read_row, storage_error};
use super::violations;
use crate::private_files::create_file;

/// Prepared statements the writer keeps.
const STATEMENTS_CACHED_MAX: usize = 512;

/// Frames of the write-ahead log after which it is brought into the file.
pub(super) const CHECKPOINT_FRAMES: u64 = 16_000;

/// Opens a connection with the pragmas of the writer. With an archive the engine brings the log into the file only when it
/// is told to.
pub fn open_writer(path: &Path, options: &SqliteOptions) -> StorageResult<Connection> {
    create_file(path).map_err(|error| StorageError::Full(error.to_string()))?;
    let connection = Connection::open(path).map_err(storage_error)?;
    connection.busy_timeout(options.busy_timeout).map_err(storage_error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA cache_size = {}; PRAGMA temp_store = MEMORY; \
             PRAGMA wal_autocheckpoint = {}; PRAGMA journal_size_limit = 134217728;",
            PageCache::pragma(options.page_cache().writer_kib()),
            if options.archive.is_some() { 0 } else { CHECKPOINT_FRAMES },
        ))
        .map_err(storage_error)?;
    keep_plans(&connection).map_err(storage_error)?;
    Ok(connection)
}

/// The writer's connection inside a transaction.
pub struct SqliteTx {
    pub(super) connection: Connection,
    pub(super) memory: ReferenceMemory,
    meter: Arc<Meter>,
    damage: Arc<Damage>,
    pulse: Pulse,
    pub(super) pauses: WritePauses,
    pub(super) depth: usize,
    pub(super) poisoned: bool,
}

impl SqliteTx {
    /// `pulse` beats with each statement that succeeds.
    pub fn new(
        connection: Connection,
        (meter, damage, pulse): (Arc<Meter>, Arc<Damage>, Pulse),
        pauses: WritePauses,
    ) -> Self {
        let memory = ReferenceMemory::default();
        Self { connection, memory, meter, damage, pulse, pauses, depth: 0, poisoned: false }
    }

    pub(super) fn batch(&mut self, sql: &str) -> StorageResult<()> {
        let began = Instant::now();
        let done = self.connection.execute_batch(sql).map_err(storage_error);
        self.meter.took(Ran::Write, ("", sql), began, &done);
        if done.is_ok() {
            self.pulse.beat();
        }
        self.damage.noted(done)
    }

    pub fn savepoint(&mut self) -> StorageResult<()> {
        self.depth += 1;
        let sql = format!("SAVEPOINT s{}", self.depth);
        self.cached(&sql)
    }

    pub fn end_savepoint(&mut self, keep: bool) -> StorageResult<()> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        self.poisoned &= keep;
        if !keep {
            self.cached(&format!("ROLLBACK TO s{depth}"))?;
        }
        self.cached(&format!("RELEASE s{depth}"))
    }

    fn cached(&mut self, sql: &str) -> StorageResult<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(storage_error)?;
        statement.execute([]).map(|_| ()).map_err(storage_error)
    }

    pub fn execute(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<u64> {
        let (name, sql) = (statement.name, statement.sqlite());
        self.meter.statement();
        let began = Instant::now();
        let result = self.connection.prepare_cached(sql).and_then(|mut statement| {
            bind(&mut statement, params)?;
            statement.raw_execute()
        });
        self.meter.took(Ran::Write, (name, sql), began, &result);
        self.checked(result, sql, params).map(|changed| changed as u64)
    }

    pub fn query(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<Vec<Row>> {
        self.meter.statement();
        self.rows((statement.name, statement.sqlite()), statement.sqlite_names(), params)
    }

    /// `names` are those of the statement's columns, asked of the engine once in the life of the process.
    fn rows(
        &mut self,
        (name, sql): (&str, &str),
        names: &OnceLock<Names>,
        params: &[Value],
    ) -> StorageResult<Vec<Row>> {
        let began = Instant::now();
        let result = self.connection.prepare_cached(sql).and_then(|mut statement| {
            bind(&mut statement, params)?;
            let names = names.get_or_init(|| names_of(&statement));
            let mut rows = statement.raw_query();
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                out.push(read_row(row, names)?);
                if out.len() > ROWS_MAX {
                    return Err(rusqlite::Error::InvalidQuery);
                }
            }
            Ok(out)
        });
        self.meter.took(Ran::Write, (name, sql), began, &result);
        self.checked(result, sql, params)
    }

    /// Forgets reference data that this write may change.
    pub fn will_write(&mut self, touch: Touch, first: Option<&Value>) {
        if touch != Touch::Nothing {
            self.memory.will_write(touch, first);
        }
    }

    /// A read of reference data, from memory where it was read before.
    pub fn remembered(&mut self, statement: &Statement, params: &[Value]) -> StorageResult<Vec<Row>> {
        if let Some(rows) = self.memory.get(statement.name, params) {
            return Ok(rows);
        }
        let rows = self.query(statement, params)?;
        self.memory.put(statement.name, params, &rows, statement.grows());
        Ok(rows)
    }

    /// The rows of all keys: one statement, run for each key that is not remembered.
    pub fn lookup(
        &mut self,
        lookup: &Lookup,
        tenant: TenantId,
        keys: impl Iterator<Item = Value>,
    ) -> StorageResult<Vec<Row>> {
        let (mut rows, mut asked) = (Vec::new(), false);
        for key in keys {
            let params = [tenant.into(), key];
            let remembered = if lookup.reference { self.memory.get(lookup.name, &params) } else { None };
            if let Some(remembered) = remembered {
                rows.extend(remembered);
                continue;
            }
            if !std::mem::replace(&mut asked, true) {
                self.meter.statement();
            }
            let found = self.rows((lookup.name, lookup.sqlite()), lookup.sqlite_names(), &params)?;
            if lookup.reference {
                self.memory.put(lookup.name, &params, &found, lookup.grows());
            }
            rows.extend(found);
        }
        Ok(rows)
    }

    pub fn insert_many(&mut self, sql: &str, rows: impl Iterator<Item = Vec<Value>>) -> StorageResult<()> {
        self.meter.statement();
        let began = Instant::now();
        let mut last = Vec::new();
        let result = self.connection.prepare_cached(sql).and_then(|mut statement| {
            for (number, row) in rows.enumerate() {
                last = row;
                bind(&mut statement, &last)?;
                statement.raw_execute()?;
                self.pauses.look_now_and_then(number);
            }
            Ok(())
        });
        self.meter.took(Ran::Write, ("", sql), began, &result);
        self.checked(result, sql, &last)
    }

    pub fn accumulate(
        &mut self,
        (update, insert): &(String, String),
        rows: impl Iterator<Item = Vec<Value>>,
    ) -> StorageResult<()> {
        self.meter.statement();
        let (connection, pauses) = (&self.connection, &self.pauses);
        let (began, name) = (Instant::now(), update.as_str());
        let result = connection.prepare_cached(update).and_then(|mut update| {
            for (number, row) in rows.enumerate() {
                pauses.look_now_and_then(number);
                bind(&mut update, &row)?;
                if update.raw_execute()? == 0 {
                    let mut insert = connection.prepare_cached(insert)?;
                    bind(&mut insert, &row)?;
                    insert.raw_execute()?;
                }
            }
            Ok(())
        });
        self.meter.took(Ran::Write, ("", name), began, &result);
        self.checked(result, name, &[])
    }

    /// Runs one change for each row and answers how many were changed.
    pub fn update_many(&mut self, sql: &str, rows: Vec<Vec<Value>>) -> StorageResult<u64> {
        self.meter.statement();
        let began = Instant::now();
        let result = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let mut changed = 0;
            for (number, row) in rows.iter().enumerate() {
                bind(&mut statement, row)?;
                changed += statement.raw_execute()?;
                self.pauses.look_now_and_then(number);
            }
            Ok(changed)
        });
        self.meter.took(Ran::Write, ("", sql), began, &result);
        self.checked(result, sql, &[]).map(|changed| changed as u64)
    }

    fn checked<T>(&mut self, result: rusqlite::Result<T>, sql: &str, params: &[Value]) -> StorageResult<T> {
        self.pulse.beat();
        self.pauses.look();
        result.map_err(|error| {
            self.poisoned = true;
            let error = violations::of_statement(&self.connection, error, sql, params);
            self.damage.note(&error);
            error
        })
    }
}
