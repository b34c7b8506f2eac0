//! The tax entries that a return takes: those that are in none yet.

use application::ports::storage_error::StorageResult;
use application::tax::vat_returns::ports::EntryScope;
use chrono::NaiveDate;
use domain::ids::AccountId;
use domain::money::Amount;
use domain::tax::tax_entry::{TaxEntry, TaxSide};
use domain::tax::vat_return::{BoxSum, VatReturnId, boxes_of_entries};

use super::entry_rows::{entry_columns, read_entry};
use crate::persistence::SqlUnitOfWork;
use crate::sql::value::{Row, Value, code_list};
use crate::statements;

/// The entries of a scope: ?2 and ?3 are the days of the period, ?4 is the day since which entries are taken, ?5 are the boxes.
/// An entry corrects a document of an earlier return if that return has entries of the document.
macro_rules! unfiled {
    () => {
        "(SELECT e.tenant_id, e.id, e.return_box, e.side, e.account_id, e.base, e.tax, \
         CASE WHEN e.tax_date < ?2 THEN 1 ELSE 0 END AS early, CASE WHEN EXISTS (SELECT 1 FROM tax_entry o \
         INNER JOIN vat_return_entry x ON x.tenant_id = o.tenant_id AND x.tax_entry_id = o.id \
         INNER JOIN vat_return v ON v.tenant_id = x.tenant_id AND v.id = x.return_id WHERE o.tenant_id = ?1 \
         AND o.source_id = e.corrects_id AND v.to_date < ?2) THEN 1 ELSE 0 END AS corrected FROM tax_entry e \
         WHERE e.tenant_id = ?1 AND e.tax_date >= ?4 AND e.tax_date <= ?3 AND e.return_box IN ({codes ?5}) \
         AND NOT EXISTS (SELECT 1 FROM vat_return_entry f WHERE f.tenant_id = ?1 AND f.tax_entry_id = e.id)) u"
    };
}

statements! {
    SUMS = "tax.vat_return.sums":
        concat!("SELECT u.return_box, u.side, u.corrected, u.early, CAST(SUM(u.base) AS DECIMAL(19,4)) AS base, \
         CAST(SUM(u.tax) AS DECIMAL(19,4)) AS tax, COUNT(*) AS count FROM ", unfiled!(),
         " GROUP BY u.return_box, u.side, u.corrected, u.early");
    OWED = "tax.vat_return.owed_by_account":
        concat!("SELECT u.account_id, CAST(SUM(CASE WHEN u.side = 'output' THEN u.tax ELSE -u.tax END) AS DECIMAL(19,4)) \
         AS owed FROM ", unfiled!(), " WHERE u.tax <> 0 GROUP BY u.account_id");
    LATE = "tax.vat_return.late_entries":
        concat!("SELECT {top ?6} ", entry_columns!(), " FROM tax_entry e INNER JOIN ", unfiled!(),
         " ON u.tenant_id = e.tenant_id AND u.id = e.id WHERE e.tenant_id = ?1 AND u.early = 1 AND u.corrected = 0 \
         ORDER BY e.tax_date, e.id {limit ?6}");
    UNPLACED = "tax.vat_return.unplaced_entries":
        "SELECT COUNT(*) AS count FROM tax_entry e WHERE e.tenant_id = ?1 AND e.tax_date >= ?2 AND e.tax_date <= ?3 \
         AND e.return_box IS NOT NULL AND e.return_box NOT IN ({codes ?4})";
    TAKE = "tax.vat_return.take_entries":
        concat!("INSERT INTO vat_return_entry (tenant_id, tax_entry_id, return_id, return_box, is_adjustment, is_late) \
         SELECT u.tenant_id, u.id, r.id AS return_id, u.return_box, u.corrected, \
         CASE WHEN u.early = 1 AND u.corrected = 0 THEN 1 ELSE 0 END AS late FROM ", unfiled!(),
         " INNER JOIN vat_return r ON r.tenant_id = u.tenant_id AND r.id = ?6");
}

/// The day since which a return takes entries. No books begin before the first day of 1900.
pub(super) fn since(scope: EntryScope) -> NaiveDate {
    let beginning = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
    scope.since.unwrap_or(beginning)
}

impl SqlUnitOfWork {
    fn of_scope(&self, scope: EntryScope) -> Vec<Value> {
        let boxes = code_list(boxes_of_entries().into_iter());
        let period = scope.period;
        vec![self.tenant.into(), period.from().into(), period.to().into(), since(scope).into(), boxes]
    }

    pub(super) async fn sums_by_box(&mut self, scope: EntryScope) -> StorageResult<Vec<BoxSum>> {
        let read = |row: Row| {
            let mut columns = row.columns("tax_entry");
            Ok(BoxSum {
                code: columns.get("return_box")?,
                side: columns.parse("side", |text| TaxSide::parse(text).ok())?,
                adjustment: columns.get("corrected")?,
                early: columns.get("early")?,
                base: columns.get("base")?,
                tax: columns.get("tax")?,
                count: columns.get("count")?,
            })
        };
        let params = self.of_scope(scope);
        self.tx.query(&SUMS, &params).await?.into_iter().map(read).collect()
    }

    pub(super) async fn sums_by_account(
        &mut self,
        scope: EntryScope,
    ) -> StorageResult<Vec<(Option<AccountId>, Amount)>> {
        let read = |row: Row| {
            let mut columns = row.columns("tax_entry");
            Ok((columns.get("account_id")?, columns.get("owed")?))
        };
        let params = self.of_scope(scope);
        self.tx.query(&OWED, &params).await?.into_iter().map(read).collect()
    }

    pub(super) async fn find_late(&mut self, scope: EntryScope, max: i64) -> StorageResult<Vec<TaxEntry>> {
        let mut params = self.of_scope(scope);
        params.push(max.into());
        let rows = self.tx.query(&LATE, &params).await?;
        rows.into_iter().map(|row| read_entry(&mut row.columns("tax_entry"))).collect()
    }

    pub(super) async fn count_unplaced(&mut self, scope: EntryScope) -> StorageResult<u64> {
        let boxes = code_list(boxes_of_entries().into_iter());
        let params = [self.tenant.into(), since(scope).into(), scope.period.to().into(), boxes];
        let row = self.tx.find(&UNPLACED, &params).await?;
        row.map_or(Ok(0), |row| row.single("tax_entry", "count"))
    }

    pub(super) async fn take(&mut self, id: VatReturnId, scope: EntryScope) -> StorageResult<u64> {
        let mut params = self.of_scope(scope);
        params.push(id.into());
        self.tx.execute(&TAKE, &params).await
    }
}
