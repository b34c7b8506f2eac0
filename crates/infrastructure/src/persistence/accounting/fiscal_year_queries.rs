//! [`FiscalYearQueries`]: years and periods as views, straight from SQL.

use application::accounting::ports::fiscal_years::FiscalYearQueries;
use application::accounting::views::fiscal_year::{FiscalPeriodView, FiscalYearView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use async_trait::async_trait;
use domain::ids::{FiscalPeriodId, FiscalYearId, TenantId};

use super::fiscal_years::{PERIOD, YEAR, period_columns, read_period, read_year, year_columns};
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;

pub static YEAR_LIST: ListSql = ListSql {
    spec: &application::accounting::ports::fiscal_years::FISCAL_YEAR_LIST,
    select: concat!("SELECT ", year_columns!(), " FROM fiscal_year y"),
    tenant: "y.tenant_id",
    key: &["y.id"],
    columns: &[
        ("id", "y.id"),
        ("code", "y.code"),
        ("start", "y.start_date"),
        ("end", "y.end_date"),
        ("status", "y.status"),
    ],
    sorted_as: &[],
};

pub static PERIOD_LIST: ListSql = ListSql {
    spec: &application::accounting::ports::fiscal_years::FISCAL_PERIOD_LIST,
    select: concat!("SELECT ", period_columns!(), " FROM fiscal_period p"),
    tenant: "p.tenant_id",
    key: &["p.id"],
    columns: &[
        ("id", "p.id"),
        ("fiscalYearId", "p.fiscal_year_id"),
        ("number", "p.number"),
        ("name", "p.name"),
        ("start", "p.start_date"),
        ("end", "p.end_date"),
        ("kind", "p.kind"),
        ("status", "p.status"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl FiscalYearQueries for Db {
    async fn fiscal_year(&self, tenant: TenantId, id: FiscalYearId) -> AppResult<Option<FiscalYearView>> {
        let Some(row) = self.find(&YEAR, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(FiscalYearView::from(&read_year(&mut row.columns("fiscal_year"))?)))
    }

    async fn fiscal_years(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<FiscalYearView>> {
        let read = |columns: &mut Columns| Ok(FiscalYearView::from(&read_year(columns)?));
        YEAR_LIST.page(self, tenant, query, None, read).await
    }

    async fn fiscal_period(
        &self,
        tenant: TenantId,
        id: FiscalPeriodId,
    ) -> AppResult<Option<FiscalPeriodView>> {
        let Some(row) = self.find(&PERIOD, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(FiscalPeriodView::from(&read_period(&mut row.columns("fiscal_period"))?)))
    }

    async fn fiscal_periods(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<FiscalPeriodView>> {
        let read = |columns: &mut Columns| Ok(FiscalPeriodView::from(&read_period(columns)?));
        PERIOD_LIST.page(self, tenant, query, None, read).await
    }
}
