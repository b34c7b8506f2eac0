//! What setting up a new ledger needs: [`SetupRepository`] in SQL.

use application::accounting::ports::setup::SetupRepository;
use application::ports::storage_error::StorageResult;
use application::ports::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::accounting::fiscal_period::FiscalPeriodStatus;
use domain::accounting::fiscal_year::{FiscalYear, FiscalYearDraft, FiscalYearStatus};
use domain::ids::FiscalYearId;
use domain::text::LocalizedName;

use super::facts::read_code;
use crate::persistence::SqlUnitOfWork;
use crate::sql::statement::Bulk;
use crate::sql::value::{Kind, Row, Value};
use crate::statements;

statements! {
    YEARS = "accounting.setup.fiscal_years":
        "SELECT id, code, name_ar, name_en, start_date, end_date, status, version FROM fiscal_year \
         WHERE tenant_id = ?1 ORDER BY start_date";
    YEAR_INSERT = "accounting.setup.insert_fiscal_year":
        "INSERT INTO fiscal_year (tenant_id, id, code, start_date, end_date, status, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1)";
    HAS_ENTRIES = "accounting.setup.has_entries": "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 {only}";
}

pub static PERIOD_INSERT: Bulk = Bulk::new(
    "accounting.setup.insert_fiscal_periods",
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

fn read_year(row: Row) -> StorageResult<FiscalYear> {
    let mut columns = row.columns("fiscal_year");
    let (id, code) = (columns.get("id")?, read_code(&mut columns)?);
    let (ar, en): (Option<String>, Option<String>) = (columns.get("name_ar")?, columns.get("name_en")?);
    Ok(FiscalYear {
        id,
        code,
        name: LocalizedName::parse(ar.as_deref(), en.as_deref()).ok(),
        start: columns.get("start_date")?,
        end: columns.get("end_date")?,
        status: columns.parse("status", |text| FiscalYearStatus::parse(text).ok())?,
        version: columns.get("version")?,
    })
}

#[async_trait]
impl SetupRepository for SqlUnitOfWork {
    async fn fiscal_years(&mut self) -> StorageResult<Vec<FiscalYear>> {
        let rows = self.tx.query(&YEARS, &[self.tenant.into()]).await?;
        rows.into_iter().map(read_year).collect()
    }

    async fn insert_fiscal_year(&mut self, year: &FiscalYearDraft) -> StorageResult<FiscalYearId> {
        let id = FiscalYearId::new(self.new_id());
        let params: [Value; 7] = [
            self.tenant.into(),
            id.into(),
            year.code.as_str().into(),
            year.start.into(),
            year.end.into(),
            FiscalYearStatus::Open.as_str().into(),
            self.now.into(),
        ];
        self.tx.execute_one(&YEAR_INSERT, &params).await?;
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(year.periods.len());
        for period in &year.periods {
            rows.push(vec![
                self.tenant.into(),
                self.new_id().into(),
                id.into(),
                period.number.into(),
                period.name.as_str().into(),
                period.start.into(),
                period.end.into(),
                period.kind.as_str().into(),
                FiscalPeriodStatus::Open.as_str().into(),
                self.now.into(),
                self.now.into(),
                1_i64.into(),
            ]);
        }
        self.tx.insert_many(&PERIOD_INSERT, rows.into_iter()).await?;
        Ok(id)
    }

    async fn has_entries(&mut self) -> StorageResult<bool> {
        Ok(self.tx.find(&HAS_ENTRIES, &[self.tenant.into()]).await?.is_some())
    }
}
