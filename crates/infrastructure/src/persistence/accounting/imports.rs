//! [`ImportRepository`] in SQL: chart and dimensions as a whole.

use application::accounting::ports::imports::{EarlierImport, ImportNote, ImportRepository};
use application::ports::storage_error::{StorageError, StorageResult};
use application::ports::stored::Stored;
use async_trait::async_trait;
use domain::accounting::account::Account;
use domain::accounting::dimension::{Dimension, DimensionDefault, DimensionValue};
use uuid::Uuid;

use super::accounts::{ACCOUNT_INSERT, account_columns, read_account};
use super::dimensions::{VALUE_INSERT, read_value, value_columns};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Table;
use crate::{rows_of, statements};

statements! {
    CHART = "accounting.imports.chart":
        concat!("SELECT ", account_columns!(), " FROM account a WHERE a.tenant_id = ?1 ORDER BY a.code");
    DIMENSIONS = "accounting.imports.dimensions":
        "SELECT id, code, name_ar, name_en, active, version FROM dimension WHERE tenant_id = ?1 ORDER BY code";
    VALUES = "accounting.imports.dimension_values":
        concat!(value_columns!(), " WHERE v.tenant_id = ?1");
    DEFAULTS = "accounting.imports.dimension_defaults":
        rows_of!(DimensionDefault, " WHERE t.tenant_id = ?1 AND t.journal_id IS NULL");
    EARLIER = "accounting.import_file.earlier":
        "SELECT {first} id, occurrence, imported_at, entries, first_number, last_number FROM import_file \
         WHERE tenant_id = ?1 AND kind = ?2 AND fingerprint = ?3 ORDER BY occurrence DESC {only}";
    NOTE = "accounting.import_file.insert":
        "INSERT INTO import_file (tenant_id, id, kind, fingerprint, occurrence, imported_at, entries) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)";
    COMPLETE = "accounting.import_file.complete":
        "UPDATE import_file SET entries = ?3, first_number = ?4, last_number = ?5 WHERE tenant_id = ?1 AND id = ?2";
}

#[async_trait]
impl ImportRepository for SqlUnitOfWork {
    async fn chart(&mut self) -> StorageResult<Vec<Stored<Account>>> {
        let rows = self.tx.query(&CHART, &[self.tenant.into()]).await?;
        rows.into_iter().map(|row| read_account(&mut row.columns("account"))).collect()
    }

    async fn add_accounts(&mut self, accounts: &[Account]) -> StorageResult<()> {
        let rows: Vec<_> = accounts.iter().map(|account| self.account_row(account)).collect();
        self.tx.insert_many(&ACCOUNT_INSERT, rows.into_iter()).await
    }

    async fn all_dimensions(&mut self) -> StorageResult<Vec<Dimension>> {
        let rows = self.tx.query(&DIMENSIONS, &[self.tenant.into()]).await?;
        rows.into_iter().map(|row| Dimension::read(&mut row.columns("dimension"))).collect()
    }

    async fn all_dimension_values(&mut self) -> StorageResult<Vec<DimensionValue>> {
        let rows = self.tx.query(&VALUES, &[self.tenant.into()]).await?;
        rows.into_iter()
            .map(|row| read_value(&mut row.columns("dimension_value")).map(|stored| stored.value))
            .collect()
    }

    async fn dimension_defaults(&mut self) -> StorageResult<Vec<DimensionDefault>> {
        let rows = self.tx.query(&DEFAULTS, &[self.tenant.into()]).await?.into_iter();
        rows.map(|row| DimensionDefault::read(&mut row.columns("dimension_default"))).collect()
    }

    async fn add_dimension_values(&mut self, values: &[DimensionValue]) -> StorageResult<()> {
        let rows: Vec<_> = values.iter().map(|value| self.value_row(value)).collect();
        self.tx.insert_many(&VALUE_INSERT, rows.into_iter()).await
    }

    async fn earlier_import(
        &mut self,
        kind: &str,
        fingerprint: &[u8; 32],
    ) -> StorageResult<Option<EarlierImport>> {
        let params = [self.tenant.into(), kind.into(), (*fingerprint).into()];
        let Some(row) = self.tx.find(&EARLIER, &params).await? else { return Ok(None) };
        let mut columns = row.columns("import_file");
        Ok(Some(EarlierImport {
            id: columns.get("id")?,
            occurrence: columns.get("occurrence")?,
            imported_at: columns.get("imported_at")?,
            entries: columns.get::<i64>("entries")?.unsigned_abs(),
            first_number: columns.get("first_number")?,
            last_number: columns.get("last_number")?,
        }))
    }

    async fn note_import(&mut self, note: &ImportNote) -> StorageResult<()> {
        let params = [
            self.tenant.into(),
            note.id.into(),
            note.kind.into(),
            note.fingerprint.into(),
            note.occurrence.into(),
            note.imported_at.into(),
        ];
        match self.tx.execute(&NOTE, &params).await {
            // Somebody imported the same meanwhile; who runs again finds it.
            Err(StorageError::Constraint { detail, .. }) => Err(StorageError::Retryable(detail)),
            written => written.map(|_| ()),
        }
    }

    async fn complete_import(
        &mut self,
        id: Uuid,
        entries: u64,
        numbers: Option<(&str, &str)>,
    ) -> StorageResult<()> {
        let entries = i64::try_from(entries).unwrap_or(i64::MAX);
        let (first, last) = numbers.unzip();
        let params = [self.tenant.into(), id.into(), entries.into(), first.into(), last.into()];
        self.tx.execute_one(&COMPLETE, &params).await
    }
}
