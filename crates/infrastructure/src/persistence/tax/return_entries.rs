//! The tax entries that a return takes: those that are in none yet. Sums of days tell what there is, so that only days with
//! entries in no return are looked at.

use application::ports::storage_error::StorageResult;
use application::tax::vat_returns::ports::EntryScope;
use chrono::NaiveDate;
use domain::ids::AccountId;
use domain::money::Amount;
use domain::tax::tax_entry::{TaxEntry, TaxSide};
use domain::tax::vat_return::{BoxSum, VatReturnId, boxes_of_entries};

use super::entry_rows::{entry_columns, read_entry};
use super::tax_days::{NO_ACCOUNT, TAX_DAY, TaxDayDelta, row};
use crate::persistence::SqlUnitOfWork;
use crate::sql::value::{Row, Value, code_list};
use crate::statements;

/// Whether an entry corrects a document of an earlier return: a return has entries of the document, and ended before ?2.
macro_rules! corrected {
    () => {
        "EXISTS (SELECT 1 FROM tax_entry o INNER JOIN vat_return_entry x ON x.tenant_id = o.tenant_id \
         AND x.tax_entry_id = o.id INNER JOIN vat_return v ON v.tenant_id = x.tenant_id AND v.id = x.return_id \
         WHERE o.tenant_id = ?1 AND o.source_id = e.corrects_id AND v.to_date < ?2)"
    };
}

/// Entries in no return whose tax date is later than the day on which they were due; more conditions may follow.
macro_rules! moved {
    ($which:literal) => {
        concat!(
            "tax_entry e WHERE e.tenant_id = ?1 AND e.return_box IN ({codes ?5}) AND ",
            $which,
            " AND NOT EXISTS (SELECT 1 FROM vat_return_entry f WHERE f.tenant_id = ?1 AND f.tax_entry_id = e.id)"
        )
    };
}

/// Those of a scope that were due before its period.
macro_rules! due_early {
    () => {
        moved!("e.due_date < ?2 AND e.tax_date >= ?2 AND e.tax_date >= ?4 AND e.tax_date <= ?3")
    };
}

/// Those that an amendment takes because they were due in its period: ?7 is the day since which it does.
macro_rules! due_inside {
    () => {
        moved!("e.due_date >= ?7 AND e.due_date <= ?3 AND e.tax_date > ?3")
    };
}

/// The entries of a scope, from the days that have any in no return; more conditions on the days may follow.
macro_rules! unfiled {
    ($days:literal) => {
        concat!(
            "(SELECT DISTINCT d.tax_date FROM tax_day d WHERE d.tenant_id = ?1 AND d.tax_date >= ?4 AND d.tax_date <= ?3 \
             AND d.return_box IN ({codes ?5}) AND d.entry_count <> d.filed_count",
            $days,
            ") y INNER JOIN tax_entry e ON e.tenant_id = ?1 AND e.tax_date = y.tax_date AND e.return_box IN ({codes ?5}) \
             AND NOT EXISTS (SELECT 1 FROM vat_return_entry f WHERE f.tenant_id = ?1 AND f.tax_entry_id = e.id)"
        )
    };
}

/// Sums of a scope: ?2 and ?3 are the days of the period, ?4 is the day since which entries are taken, ?5 are the boxes, ?6 is
/// no account. Only what corrects a document is looked at by itself, because the return of the document decides its column, and
/// what was due before its tax date: the sums of the days have it as not early, so it is taken out of them and added as early.
macro_rules! open_sums {
    () => {
        concat!(
            "(SELECT d.return_box, d.side, d.account_id, 0 AS corrected, CASE WHEN d.tax_date < ?2 THEN 1 ELSE 0 END AS early, \
             d.base - d.filed_base AS base, d.tax - d.filed_tax AS tax, d.entry_count - d.filed_count AS entries \
             FROM tax_day d WHERE d.tenant_id = ?1 AND d.tax_date >= ?4 AND d.tax_date <= ?3 \
             AND d.return_box IN ({codes ?5}) AND d.is_correction = 0 AND d.entry_count <> d.filed_count UNION ALL \
             SELECT e.return_box, e.side, COALESCE(e.account_id, ?6) AS account_id, CASE WHEN ",
            corrected!(),
            " THEN 1 ELSE 0 END AS corrected, CASE WHEN e.tax_date < ?2 OR e.due_date < ?2 THEN 1 ELSE 0 END AS early, \
             e.base, e.tax, 1 AS entries FROM ",
            unfiled!(" AND d.is_correction = 1"),
            " WHERE e.corrects_id IS NOT NULL UNION ALL \
             SELECT e.return_box, e.side, COALESCE(e.account_id, ?6) AS account_id, 0 AS corrected, 0 AS early, -e.base AS base, \
             -e.tax AS tax, -1 AS entries FROM ",
            due_early!(),
            " AND e.corrects_id IS NULL UNION ALL \
             SELECT e.return_box, e.side, COALESCE(e.account_id, ?6) AS account_id, 0 AS corrected, 1 AS early, e.base, e.tax, \
             1 AS entries FROM ",
            due_early!(),
            " AND e.corrects_id IS NULL UNION ALL \
             SELECT e.return_box, e.side, COALESCE(e.account_id, ?6) AS account_id, CASE WHEN ",
            corrected!(),
            " THEN 1 ELSE 0 END AS corrected, 0 AS early, e.base, e.tax, 1 AS entries FROM ",
            due_inside!(),
            ") u"
        )
    };
}

statements! {
    SUMS = "tax.vat_return.sums":
        concat!("SELECT u.return_box, u.side, u.corrected, u.early, CAST(SUM(u.base) AS DECIMAL(19,4)) AS base, \
         CAST(SUM(u.tax) AS DECIMAL(19,4)) AS tax, SUM(u.entries) AS count FROM ", open_sums!(),
         " GROUP BY u.return_box, u.side, u.corrected, u.early");
    OWED = "tax.vat_return.owed_by_account":
        concat!("SELECT u.account_id, CAST(SUM(CASE WHEN u.side = 'output' THEN u.tax ELSE -u.tax END) AS DECIMAL(19,4)) \
         AS owed FROM ", open_sums!(), " WHERE u.tax <> 0 GROUP BY u.account_id");
    LATE = "tax.vat_return.late_entries":
        concat!("SELECT {top ?6} ", entry_columns!(), " FROM (SELECT e.id FROM ", unfiled!(" AND d.tax_date < ?2"),
         " UNION ALL SELECT e.id FROM ", due_early!(), ") w INNER JOIN tax_entry e ON e.tenant_id = ?1 AND e.id = w.id \
         WHERE e.corrects_id IS NULL OR NOT ", corrected!(), " ORDER BY e.tax_date, e.id {limit ?6}");
    UNPLACED = "tax.vat_return.unplaced_entries":
        "SELECT COALESCE(SUM(d.entry_count - d.filed_count), 0) AS count FROM tax_day d WHERE d.tenant_id = ?1 \
         AND d.tax_date >= ?2 AND d.tax_date <= ?3 AND d.return_box NOT IN ({codes ?4})";
    TAKE = "tax.vat_return.take_entries":
        concat!("INSERT INTO vat_return_entry (tenant_id, tax_entry_id, return_id, return_box, is_adjustment, is_late) \
         SELECT u.tenant_id, u.id, r.id AS return_id, u.return_box, u.corrected, \
         CASE WHEN u.early = 1 AND u.corrected = 0 THEN 1 ELSE 0 END AS late FROM \
         (SELECT e.tenant_id, e.id, e.return_box, CASE WHEN e.tax_date < ?2 OR e.due_date < ?2 THEN 1 ELSE 0 END AS early, \
         CASE WHEN e.corrects_id IS NOT NULL AND ", corrected!(), " THEN 1 ELSE 0 END AS corrected FROM \
         (SELECT e.id FROM ", unfiled!(""), " UNION ALL SELECT e.id FROM ", due_inside!(), ") w \
         INNER JOIN tax_entry e ON e.tenant_id = ?1 AND e.id = w.id) u INNER JOIN vat_return r ON r.tenant_id = u.tenant_id AND r.id = ?6");
    TAKEN = "tax.vat_return.taken_by_day":
        "SELECT e.tax_date, e.return_box, e.side, COALESCE(e.account_id, ?3) AS account_id, \
         CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END AS is_correction, \
         CAST(SUM(e.base) AS DECIMAL(19,4)) AS base, CAST(SUM(e.tax) AS DECIMAL(19,4)) AS tax, COUNT(*) AS count \
         FROM vat_return_entry f INNER JOIN tax_entry e ON e.tenant_id = f.tenant_id AND e.id = f.tax_entry_id \
         WHERE f.tenant_id = ?1 AND f.return_id = ?2 GROUP BY e.tax_date, e.return_box, e.side, \
         COALESCE(e.account_id, ?3), CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END";
}

/// The day since which a return takes entries. No books begin before the first day of 1900.
pub(super) fn since(scope: EntryScope) -> NaiveDate {
    let beginning = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
    scope.since.unwrap_or(beginning)
}

/// The day since which an amendment takes what was due in its period and has a later tax date. Other returns have no such day.
pub(super) fn due_since(scope: EntryScope) -> NaiveDate {
    if scope.amends { scope.period.from() } else { scope.period.to().succ_opt().unwrap_or(NaiveDate::MAX) }
}

impl SqlUnitOfWork {
    /// The parameters of a scope, and the one that comes after them.
    fn of_scope(&self, scope: EntryScope, last: Value) -> Vec<Value> {
        let boxes = code_list(boxes_of_entries().into_iter());
        let period = scope.period;
        vec![self.tenant.into(), period.from().into(), period.to().into(), since(scope).into(), boxes, last]
    }

    /// With the day since which what was due is taken.
    fn with_due(&self, scope: EntryScope, last: Value) -> Vec<Value> {
        let mut params = self.of_scope(scope, last);
        params.push(due_since(scope).into());
        params
    }

    pub(super) async fn sums_by_box(&mut self, scope: EntryScope) -> StorageResult<Vec<BoxSum>> {
        self.flush_balances().await?;
        let read = |row: Row| {
            let mut columns = row.columns("tax_day");
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
        let params = self.with_due(scope, NO_ACCOUNT.into());
        self.tx.query(&SUMS, &params).await?.into_iter().map(read).collect()
    }

    pub(super) async fn sums_by_account(
        &mut self,
        scope: EntryScope,
    ) -> StorageResult<Vec<(Option<AccountId>, Amount)>> {
        self.flush_balances().await?;
        let read = |row: Row| {
            let mut columns = row.columns("tax_day");
            let account: AccountId = columns.get("account_id")?;
            Ok((Some(account).filter(|account| *account != NO_ACCOUNT), columns.get("owed")?))
        };
        let params = self.with_due(scope, NO_ACCOUNT.into());
        self.tx.query(&OWED, &params).await?.into_iter().map(read).collect()
    }

    pub(super) async fn find_late(&mut self, scope: EntryScope, max: i64) -> StorageResult<Vec<TaxEntry>> {
        let params = self.of_scope(scope, max.into());
        let rows = self.tx.query(&LATE, &params).await?;
        rows.into_iter().map(|row| read_entry(&mut row.columns("tax_entry"))).collect()
    }

    pub(super) async fn count_unplaced(&mut self, scope: EntryScope) -> StorageResult<u64> {
        let boxes = code_list(boxes_of_entries().into_iter());
        let params = [self.tenant.into(), since(scope).into(), scope.period.to().into(), boxes];
        let row = self.tx.find(&UNPLACED, &params).await?;
        row.map_or(Ok(0), |row| row.single("tax_day", "count"))
    }

    pub(super) async fn take(&mut self, id: VatReturnId, scope: EntryScope) -> StorageResult<u64> {
        self.flush_balances().await?;
        let params = self.with_due(scope, id.into());
        let taken = self.tx.execute(&TAKE, &params).await?;
        let rows = self.tx.query(&TAKEN, &[self.tenant.into(), id.into(), NO_ACCOUNT.into()]).await?;
        let mut filed = rows.into_iter().map(read_taken).collect::<StorageResult<Vec<_>>>()?;
        filed.sort_by(|(one, _), (other, _)| one.cmp(other));
        let tenant = self.tenant;
        let rows = filed.into_iter().map(|(key, delta)| row(tenant, key, delta));
        self.tx.accumulate(&TAX_DAY, rows).await?;
        Ok(taken)
    }
}

fn read_taken(row: Row) -> StorageResult<(super::tax_days::TaxDayKey, TaxDayDelta)> {
    let mut columns = row.columns("tax_entry");
    let (date, return_box) = (columns.get("tax_date")?, columns.get("return_box")?);
    let side = columns.parse("side", |text| TaxSide::parse(text).ok())?;
    let key = (date, return_box, side.as_str(), columns.get("account_id")?, columns.get("is_correction")?);
    let (filed_base, filed_tax) = (columns.get("base")?, columns.get("tax")?);
    let filed = columns.get("count")?;
    Ok((key, TaxDayDelta { filed_base, filed_tax, filed, ..TaxDayDelta::default() }))
}
