//! [`WithholdingRepository`] in SQL.

use application::ports::storage_error::{StorageError, StorageResult};
use application::tax::withholding::ports::{StoredWithholdingReturn, WithholdingRepository};
use async_trait::async_trait;
use domain::money::{Amount, Percentage};
use domain::tax::withholding::{
    WithholdingEntry, WithholdingMonth, WithholdingReturnId, WithholdingReturnStatus, WithholdingSum,
};
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::value::{Columns, Kind, Row, Value};
use crate::statements;

macro_rules! entry_columns {
    () => {
        "e.id, e.payment_id, e.document_number, e.entry_id, e.account_id, e.party, e.tax_code, e.rate, e.currency, \
         e.currency_base, e.currency_tax, e.base, e.tax, e.payment_date"
    };
}
pub(super) use entry_columns;

macro_rules! return_columns {
    () => {
        "r.id, r.from_date, r.status, r.reference, r.base, r.tax, r.entry_count, r.document, r.prepared_at, r.filed_at, \
         r.filed_by, r.created_by, r.created_at, r.version"
    };
}
pub(super) use return_columns;

/// The entries through a day that are in no filed return.
macro_rules! undeclared {
    () => {
        "e.tenant_id = ?1 AND e.payment_date <= ?2 AND NOT EXISTS (SELECT 1 FROM withholding_return_entry f \
         WHERE f.tenant_id = ?1 AND f.withholding_entry_id = e.id)"
    };
}

statements! {
    OF_PAYMENT = "tax.withholding_entry.of_payment":
        concat!("SELECT ", entry_columns!(), " FROM withholding_entry e WHERE e.tenant_id = ?1 AND e.payment_id = ?2 ORDER BY e.id");
    SUMS = "tax.withholding_entry.sums":
        concat!("SELECT e.party, e.tax_code, e.rate, CAST(SUM(e.base) AS DECIMAL(19,4)) AS base, \
         CAST(SUM(e.tax) AS DECIMAL(19,4)) AS tax, COUNT(*) AS count FROM withholding_entry e WHERE ", undeclared!(),
         " GROUP BY e.party, e.tax_code, e.rate ORDER BY e.party, e.tax_code, e.rate");
    TAKE = "tax.withholding_entry.take":
        concat!("INSERT INTO withholding_return_entry (tenant_id, withholding_entry_id, return_id) \
         SELECT e.tenant_id, e.id, r.id AS return_id FROM withholding_entry e \
         INNER JOIN withholding_return r ON r.tenant_id = e.tenant_id AND r.id = ?3 WHERE ", undeclared!());
    FIND = "tax.withholding_return.find":
        concat!("SELECT ", return_columns!(), " FROM withholding_return r WHERE r.tenant_id = ?1 AND r.id = ?2");
    OF_MONTH = "tax.withholding_return.of_month":
        "SELECT id FROM withholding_return WHERE tenant_id = ?1 AND from_date = ?2";
    LAST_FILED = "tax.withholding_return.last_filed":
        "SELECT MAX(from_date) AS from_date FROM withholding_return WHERE tenant_id = ?1 AND status = 'filed'";
    DRAFT_BEFORE = "tax.withholding_return.draft_before":
        "SELECT MIN(from_date) AS from_date FROM withholding_return WHERE tenant_id = ?1 AND status = 'draft' AND from_date < ?2";
    INSERT = "tax.withholding_return.insert":
        "INSERT INTO withholding_return (tenant_id, id, from_date, to_date, status, reference, base, tax, entry_count, document, \
         prepared_at, filed_at, filed_by, created_by, created_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, \
         ?12, ?13, ?14, ?15, ?16)";
    UPDATE = "tax.withholding_return.update":
        "UPDATE withholding_return SET status = ?3, reference = ?4, base = ?5, tax = ?6, entry_count = ?7, document = ?8, \
         prepared_at = ?9, filed_at = ?10, filed_by = ?11, version = ?12 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?12 - 1 AND status = 'draft'";
    DELETE = "tax.withholding_return.delete":
        "DELETE FROM withholding_return WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'draft'";
}

static INSERT_ENTRIES: Bulk = Bulk::new(
    "tax.withholding_entry.insert",
    "withholding_entry",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("payment_id", Kind::Id),
        ("document_number", Kind::Text(100)),
        ("entry_id", Kind::Id),
        ("account_id", Kind::Id),
        ("party", Kind::Text(100)),
        ("tax_code", Kind::Text(50)),
        ("rate", Kind::Amount),
        ("currency", Kind::Text(3)),
        ("currency_base", Kind::Amount),
        ("currency_tax", Kind::Amount),
        ("base", Kind::Amount),
        ("tax", Kind::Amount),
        ("payment_date", Kind::Date),
        ("recorded_at", Kind::Time),
    ],
);
pub(super) static BULKS: &[&Bulk] = &[&INSERT_ENTRIES];

#[async_trait]
impl WithholdingRepository for SqlUnitOfWork {
    async fn insert_withholding_entries(&mut self, entries: &[WithholdingEntry]) -> StorageResult<()> {
        let (tenant, now): (Value, Value) = (self.tenant.into(), self.now.into());
        let row = |entry: &WithholdingEntry| {
            vec![
                tenant.clone(),
                entry.id.into(),
                entry.payment.into(),
                entry.document_number.as_str().into(),
                entry.entry.into(),
                entry.account.into(),
                entry.party.as_str().into(),
                entry.tax_code.as_str().into(),
                // As an amount: both are ten-thousandths.
                Amount::from_scaled(entry.rate.scaled()).into(),
                entry.currency.into(),
                entry.currency_base.into(),
                entry.currency_tax.into(),
                entry.base.into(),
                entry.tax.into(),
                entry.payment_date.into(),
                now.clone(),
            ]
        };
        self.tx.insert_many(&INSERT_ENTRIES, entries.iter().map(row)).await
    }

    async fn withholding_entries_of(&mut self, payment: Uuid) -> StorageResult<Vec<WithholdingEntry>> {
        let rows = self.tx.query(&OF_PAYMENT, &[self.tenant.into(), payment.into()]).await?;
        rows.into_iter().map(|row| read_entry(&mut row.columns("withholding_entry"))).collect()
    }

    async fn sums_through(&mut self, month: WithholdingMonth) -> StorageResult<Vec<WithholdingSum>> {
        let read = |row: Row| {
            let mut columns = row.columns("withholding_entry");
            let (party, tax_code) = (columns.get("party")?, columns.get("tax_code")?);
            let rate = read_rate(&mut columns)?;
            let (base, tax) = (columns.get("base")?, columns.get("tax")?);
            Ok(WithholdingSum { party, tax_code, rate, base, tax, count: columns.get("count")? })
        };
        let rows = self.tx.query(&SUMS, &[self.tenant.into(), month.last().into()]).await?;
        rows.into_iter().map(read).collect()
    }

    async fn take_withholding_entries(
        &mut self,
        id: WithholdingReturnId,
        month: WithholdingMonth,
    ) -> StorageResult<u64> {
        self.tx.execute(&TAKE, &[self.tenant.into(), month.last().into(), id.into()]).await
    }

    async fn find_withholding_return(
        &mut self,
        id: WithholdingReturnId,
    ) -> StorageResult<Option<StoredWithholdingReturn>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_return(&mut row.columns("withholding_return"))).transpose()
    }

    async fn withholding_return_of(
        &mut self,
        month: WithholdingMonth,
    ) -> StorageResult<Option<WithholdingReturnId>> {
        let row = self.tx.find(&OF_MONTH, &[self.tenant.into(), month.first().into()]).await?;
        row.map(|row| row.single("withholding_return", "id")).transpose()
    }

    async fn last_withholding_month(&mut self) -> StorageResult<Option<WithholdingMonth>> {
        read_month(self.tx.find(&LAST_FILED, &[self.tenant.into()]).await?)
    }

    async fn withholding_draft_before(
        &mut self,
        month: WithholdingMonth,
    ) -> StorageResult<Option<WithholdingMonth>> {
        read_month(self.tx.find(&DRAFT_BEFORE, &[self.tenant.into(), month.first().into()]).await?)
    }

    async fn insert_withholding_return(&mut self, stored: &StoredWithholdingReturn) -> StorageResult<()> {
        let params = [
            self.tenant.into(),
            stored.id.into(),
            stored.month.first().into(),
            stored.month.last().into(),
            stored.status.as_str().into(),
            stored.reference.clone().into(),
            stored.base.into(),
            stored.tax.into(),
            count(stored),
            written(stored)?,
            stored.prepared_at.into(),
            stored.filed_at.into(),
            stored.filed_by.into(),
            stored.created_by.into(),
            stored.created_at.into(),
            stored.version.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn save_withholding_return(&mut self, stored: &StoredWithholdingReturn) -> StorageResult<bool> {
        let params = [
            self.tenant.into(),
            stored.id.into(),
            stored.status.as_str().into(),
            stored.reference.clone().into(),
            stored.base.into(),
            stored.tax.into(),
            count(stored),
            written(stored)?,
            stored.prepared_at.into(),
            stored.filed_at.into(),
            stored.filed_by.into(),
            stored.version.into(),
        ];
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete_withholding_return(
        &mut self,
        id: WithholdingReturnId,
        version: i64,
    ) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }
}

fn count(stored: &StoredWithholdingReturn) -> Value {
    i64::try_from(stored.entry_count).unwrap_or(i64::MAX).into()
}

fn written(stored: &StoredWithholdingReturn) -> StorageResult<Value> {
    let text = serde_json::to_string(&stored.lines);
    Ok(text.map_err(|error| StorageError::Internal(format!("lines of a return: {error}")))?.into())
}

fn read_rate(columns: &mut Columns) -> StorageResult<Percentage> {
    let rate: Amount = columns.get("rate")?;
    Percentage::from_scaled(rate.scaled()).ok_or_else(|| columns.corrupt("rate", "not from 0 to 100"))
}

/// `entry_columns!`
pub(super) fn read_entry(columns: &mut Columns) -> StorageResult<WithholdingEntry> {
    let (id, payment, document_number) =
        (columns.get("id")?, columns.get("payment_id")?, columns.get("document_number")?);
    let (entry, account) = (columns.get("entry_id")?, columns.get("account_id")?);
    let (party, tax_code) = (columns.get("party")?, columns.get("tax_code")?);
    Ok(WithholdingEntry {
        id,
        payment,
        document_number,
        entry,
        account,
        party,
        tax_code,
        rate: read_rate(columns)?,
        currency: columns.get("currency")?,
        currency_base: columns.get("currency_base")?,
        currency_tax: columns.get("currency_tax")?,
        base: columns.get("base")?,
        tax: columns.get("tax")?,
        payment_date: columns.get("payment_date")?,
    })
}

/// The greatest or least month, if there is one.
fn read_month(row: Option<Row>) -> StorageResult<Option<WithholdingMonth>> {
    let Some(row) = row else { return Ok(None) };
    let date: Option<chrono::NaiveDate> = row.single("withholding_return", "from_date")?;
    Ok(date.and_then(WithholdingMonth::of))
}

/// `return_columns!`
pub(super) fn read_return(columns: &mut Columns) -> StorageResult<StoredWithholdingReturn> {
    let id = columns.get("id")?;
    let from: chrono::NaiveDate = columns.get("from_date")?;
    let month = WithholdingMonth::of(from).ok_or_else(|| columns.corrupt("from_date", "in no month"))?;
    Ok(StoredWithholdingReturn {
        id,
        month,
        status: columns.parse("status", |text| WithholdingReturnStatus::parse(text).ok())?,
        reference: columns.get("reference")?,
        base: columns.get("base")?,
        tax: columns.get("tax")?,
        entry_count: columns.get("entry_count")?,
        lines: columns.parse("document", |text| serde_json::from_str(text).ok())?,
        prepared_at: columns.get("prepared_at")?,
        filed_at: columns.get("filed_at")?,
        filed_by: columns.get("filed_by")?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}
