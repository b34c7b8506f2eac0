//! [`FiscalYearRepository`] in SQL.

use std::collections::{BTreeMap, BTreeSet};

use application::accounting::ports::fiscal_years::FiscalYearRepository;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::dimension::DimensionCombination;
use domain::accounting::fiscal_period::{FiscalPeriod, FiscalPeriodKind, FiscalPeriodStatus};
use domain::accounting::fiscal_year::{FiscalYear, FiscalYearStatus};
use domain::accounting::journal::JournalKind;
use domain::accounting::year_close::RemainingBalance;
use domain::ids::{AccountId, DimensionSetId, FiscalPeriodId, FiscalYearId, JournalId};
use domain::money::{Amount, CurrencyCode};
use domain::text::LocalizedName;

use super::columns::read_code;
use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::value::{Columns, Kind, Row};
use crate::statements;

macro_rules! year_columns {
    () => {
        "y.id, y.code, y.name_ar, y.name_en, y.start_date, y.end_date, y.status, y.version"
    };
}
macro_rules! period_columns {
    () => {
        "p.id, p.fiscal_year_id, p.number, p.name, p.start_date, p.end_date, p.kind, p.status, p.version"
    };
}
pub(crate) use {period_columns, year_columns};

/// Balances of one year: the periods come first, or every year of the tenant would be read.
macro_rules! of_year {
    () => {
        "WHERE b.tenant_id = ?1 AND b.fiscal_period_id IN \
         (SELECT p.id FROM fiscal_period p WHERE p.tenant_id = ?1 AND p.fiscal_year_id = ?2) "
    };
}

/// Balances of all years through one.
macro_rules! through_year {
    () => {
        "WHERE b.tenant_id = ?1 AND b.fiscal_period_id IN (SELECT p.id FROM fiscal_period p \
         INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id AND y.id = ?2 \
         WHERE p.tenant_id = ?1 AND p.end_date <= y.end_date) "
    };
}

statements! {
    YEARS = "accounting.fiscal_year.all":
        concat!("SELECT ", year_columns!(), " FROM fiscal_year y {lock_range} WHERE y.tenant_id = ?1 ORDER BY y.start_date");
    YEAR = "accounting.fiscal_year.find":
        concat!("SELECT ", year_columns!(), " FROM fiscal_year y WHERE y.tenant_id = ?1 AND y.id = ?2");
    PERIODS = "accounting.fiscal_period.of_year":
        concat!("SELECT ", period_columns!(), " FROM fiscal_period p WHERE p.tenant_id = ?1 AND p.fiscal_year_id = ?2 ORDER BY p.number");
    PERIOD = "accounting.fiscal_period.find":
        concat!("SELECT ", period_columns!(), " FROM fiscal_period p WHERE p.tenant_id = ?1 AND p.id = ?2");
    INSERT_YEAR = "accounting.fiscal_year.insert":
        "INSERT INTO fiscal_year (tenant_id, id, code, name_ar, name_en, start_date, end_date, status, created_at, \
         updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10)";
    UPDATE_YEAR = "accounting.fiscal_year.update":
        "UPDATE fiscal_year SET name_ar = ?3, name_en = ?4, status = ?5, closed_at = ?6, updated_at = ?7, version = ?8 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?8 - 1";
    UPDATE_PERIOD = "accounting.fiscal_period.update":
        "UPDATE fiscal_period SET status = ?3, updated_at = ?4, version = ?5 WHERE tenant_id = ?1 AND id = ?2 AND version = ?5 - 1";
    DELETE_PERIODS = "accounting.fiscal_period.delete":
        "DELETE FROM fiscal_period WHERE tenant_id = ?1 AND fiscal_year_id = ?2";
    DELETE_YEAR = "accounting.fiscal_year.delete":
        "DELETE FROM fiscal_year WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
    ENTRY_BETWEEN = "accounting.fiscal_year.used":
        "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND posting_date >= ?2 AND posting_date <= ?3 {only}";
    JOURNAL_OF_KIND = "accounting.journal.of_kind":
        "SELECT {first} id FROM journal WHERE tenant_id = ?1 AND kind = ?2 AND active = 1 ORDER BY code {only}";
    REMAINING = "accounting.account_balance.remaining":
        concat!("SELECT b.account_id, b.currency, SUM(b.debit - b.credit) AS balance, \
         SUM(b.currency_debit - b.currency_credit) AS currency_balance \
         FROM account_balance b INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id ",
         through_year!(), "AND a.type IN ('income', 'expense') GROUP BY b.account_id, b.currency");
    REMAINING_BY_SET = "accounting.dimension_balance.remaining":
        concat!("SELECT b.account_id, b.dimension_set_id, b.currency, SUM(b.debit - b.credit) AS balance, \
         SUM(b.currency_debit - b.currency_credit) AS currency_balance FROM dimension_balance b \
         INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id ", through_year!(),
         "AND a.type IN ('income', 'expense') GROUP BY b.account_id, b.dimension_set_id, b.currency \
         HAVING SUM(b.debit) <> SUM(b.credit) OR SUM(b.currency_debit) <> SUM(b.currency_credit)");
    OUT_OF_BALANCE = "accounting.account_balance.out_of_balance":
        concat!("SELECT b.fiscal_period_id FROM account_balance b ", of_year!(),
         "GROUP BY b.fiscal_period_id HAVING SUM(b.debit) <> SUM(b.credit)");
}

static PERIOD_INSERT: Bulk = Bulk::new(
    "accounting.fiscal_period.insert",
    "fiscal_period",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("fiscal_year_id", Kind::Id),
        ("number", Kind::Int),
        ("name", Kind::Text(100)),
        ("start_date", Kind::Date),
        ("end_date", Kind::Date),
        ("kind", Kind::Text(20)),
        ("status", Kind::Text(20)),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
        ("version", Kind::Int),
    ],
);
pub static BULKS: &[&Bulk] = &[&PERIOD_INSERT];

#[async_trait]
impl FiscalYearRepository for SqlUnitOfWork {
    async fn fiscal_years(&mut self) -> StorageResult<Vec<FiscalYear>> {
        let rows = self.tx.query(&YEARS, &[self.tenant.into()]).await?;
        rows.into_iter().map(|row| read_year(&mut row.columns("fiscal_year"))).collect()
    }

    async fn fiscal_periods(&mut self, year: FiscalYearId) -> StorageResult<Vec<FiscalPeriod>> {
        let rows = self.tx.query(&PERIODS, &[self.tenant.into(), year.into()]).await?;
        rows.into_iter().map(|row| read_period(&mut row.columns("fiscal_period"))).collect()
    }

    async fn find_fiscal_period(&mut self, id: FiscalPeriodId) -> StorageResult<Option<FiscalPeriod>> {
        let row = self.tx.find(&PERIOD, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_period(&mut row.columns("fiscal_period"))).transpose()
    }

    async fn insert_fiscal_year(&mut self, year: &FiscalYear, periods: &[FiscalPeriod]) -> StorageResult<()> {
        let (ar, en) = names(year);
        let params = [
            self.tenant.into(),
            year.id.into(),
            year.code.as_str().into(),
            ar.into(),
            en.into(),
            year.start.into(),
            year.end.into(),
            year.status.as_str().into(),
            self.now.into(),
            year.version.into(),
        ];
        self.tx.execute_one(&INSERT_YEAR, &params).await?;
        let (tenant, now) = (self.tenant, self.now);
        let rows = periods.iter().map(|period| {
            vec![
                tenant.into(),
                period.id.into(),
                period.fiscal_year_id.into(),
                period.number.into(),
                period.name.as_str().into(),
                period.start.into(),
                period.end.into(),
                period.kind.as_str().into(),
                period.status.as_str().into(),
                now.into(),
                now.into(),
                period.version.into(),
            ]
        });
        self.tx.insert_many(&PERIOD_INSERT, rows).await
    }

    async fn update_fiscal_year(&mut self, year: &FiscalYear) -> StorageResult<bool> {
        let (ar, en) = names(year);
        let closed_at = (!year.is_open()).then_some(self.now);
        let params = [
            self.tenant.into(),
            year.id.into(),
            ar.into(),
            en.into(),
            year.status.as_str().into(),
            closed_at.into(),
            self.now.into(),
            year.version.into(),
        ];
        Ok(self.tx.execute(&UPDATE_YEAR, &params).await? == 1)
    }

    async fn update_fiscal_period(&mut self, period: &FiscalPeriod) -> StorageResult<bool> {
        let params = [
            self.tenant.into(),
            period.id.into(),
            period.status.as_str().into(),
            self.now.into(),
            period.version.into(),
        ];
        Ok(self.tx.execute(&UPDATE_PERIOD, &params).await? == 1)
    }

    async fn delete_fiscal_year(&mut self, id: FiscalYearId, version: i64) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), version.into()];
        self.tx.apply(&DELETE_PERIODS, &params[..2]).await?;
        Ok(self.tx.execute(&DELETE_YEAR, &params).await? == 1)
    }

    async fn has_entries_between(&mut self, from: NaiveDate, to: NaiveDate) -> StorageResult<bool> {
        let params = [self.tenant.into(), from.into(), to.into()];
        Ok(self.tx.find(&ENTRY_BETWEEN, &params).await?.is_some())
    }

    async fn journal_of_kind(&mut self, kind: JournalKind) -> StorageResult<Option<JournalId>> {
        let row = self.tx.find(&JOURNAL_OF_KIND, &[self.tenant.into(), kind.as_str().into()]).await?;
        row.map(|row| row.single("journal", "id")).transpose()
    }

    async fn remaining_balances(&mut self, year: FiscalYearId) -> StorageResult<Vec<RemainingBalance>> {
        self.flush_balances().await?;
        let key = [self.tenant.into(), year.into()];
        let mut totals: BTreeMap<(AccountId, CurrencyCode), (Amount, Amount)> = BTreeMap::new();
        for row in self.tx.query(&REMAINING, &key).await? {
            let mut columns = row.columns("account_balance");
            let held = (columns.get("account_id")?, columns.get("currency")?);
            totals.insert(held, (columns.get("balance")?, columns.get("currency_balance")?));
        }
        let by_set = self.tx.query(&REMAINING_BY_SET, &key).await?;
        let by_set = by_set.into_iter().map(read_remaining).collect::<StorageResult<Vec<_>>>()?;
        let sets: BTreeSet<DimensionSetId> = by_set.iter().map(|row| row.dimension_set).collect();
        let found = self.find_sets(&sets).await?;
        let mut remaining = Vec::with_capacity(by_set.len() + totals.len());
        for row in by_set {
            // Lines without dimensions are what the sets do not explain.
            let (company, own) = totals.entry((row.account, row.currency)).or_default();
            *company = company.checked_sub(row.balance).ok_or_else(too_large)?;
            *own = own.checked_sub(row.currency_balance).ok_or_else(too_large)?;
            let dimensions = found.get(&row.dimension_set).map(|found| found.combination.clone());
            let dimensions = dimensions.unwrap_or_default();
            remaining.push(RemainingBalance { dimensions, ..row });
        }
        let without =
            totals.into_iter().map(|((account, currency), (balance, currency_balance))| RemainingBalance {
                account,
                dimension_set: DimensionSetId::EMPTY,
                dimensions: DimensionCombination::EMPTY,
                currency,
                balance,
                currency_balance,
            });
        remaining.extend(without.filter(|row| !row.is_zero()));
        Ok(remaining)
    }

    async fn periods_out_of_balance(
        &mut self,
        year: FiscalYearId,
        period: Option<FiscalPeriodId>,
    ) -> StorageResult<u32> {
        self.flush_balances().await?;
        let rows = self.tx.query(&OUT_OF_BALANCE, &[self.tenant.into(), year.into()]).await?;
        count_periods(rows, period)
    }
}

/// How many of the periods there are, or whether the one is among them.
pub(super) fn count_periods(rows: Vec<Row>, period: Option<FiscalPeriodId>) -> StorageResult<u32> {
    let mut count = 0;
    for row in rows {
        let id: FiscalPeriodId = row.single("account_balance", "fiscal_period_id")?;
        count += u32::from(period.is_none_or(|period| period == id));
    }
    Ok(count)
}

/// A row of [`REMAINING_BY_SET`]; its combination is looked up later.
fn read_remaining(row: Row) -> StorageResult<RemainingBalance> {
    let mut columns = row.columns("dimension_balance");
    Ok(RemainingBalance {
        account: columns.get("account_id")?,
        dimension_set: columns.get("dimension_set_id")?,
        dimensions: DimensionCombination::EMPTY,
        currency: columns.get("currency")?,
        balance: columns.get("balance")?,
        currency_balance: columns.get("currency_balance")?,
    })
}

fn too_large() -> StorageError {
    StorageError::Internal("a balance no longer fits".to_owned())
}

fn names(year: &FiscalYear) -> (Option<&str>, Option<&str>) {
    year.name.as_ref().map_or((None, None), |name| (name.ar(), name.en()))
}

/// `year_columns!`
pub(super) fn read_year(columns: &mut Columns) -> StorageResult<FiscalYear> {
    let (id, code) = (columns.get("id")?, read_code(columns)?);
    let (ar, en): (Option<String>, Option<String>) = (columns.get("name_ar")?, columns.get("name_en")?);
    Ok(FiscalYear {
        id,
        code,
        // A year without a name is known by its code.
        name: LocalizedName::stored(ar, en),
        start: columns.get("start_date")?,
        end: columns.get("end_date")?,
        status: columns.parse("status", |text| FiscalYearStatus::parse(text).ok())?,
        version: columns.get("version")?,
    })
}

/// `period_columns!`
pub(super) fn read_period(columns: &mut Columns) -> StorageResult<FiscalPeriod> {
    Ok(FiscalPeriod {
        id: columns.get("id")?,
        fiscal_year_id: columns.get("fiscal_year_id")?,
        number: columns.get("number")?,
        name: columns.get("name")?,
        start: columns.get("start_date")?,
        end: columns.get("end_date")?,
        kind: columns.parse("kind", |text| FiscalPeriodKind::parse(text).ok())?,
        status: columns.parse("status", |text| FiscalPeriodStatus::parse(text).ok())?,
        version: columns.get("version")?,
    })
}
