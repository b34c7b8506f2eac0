//! [`BudgetQueries`] in SQL: lines of budgets beside what was posted.

use std::collections::BTreeMap;

use application::accounting::budgets::ports::{BUDGET_LINE_LIST, BudgetQueries, BudgetReportRow};
use application::accounting::budgets::views::BudgetLineView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::reference::Reference;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::budget::BudgetId;
use domain::ids::{DimensionSetId, FiscalYearId, TenantId};
use domain::money::Amount;
use uuid::Uuid;

use super::company_money::CompanyMoney;
use super::entry_lines::set_codes;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;
use crate::statements;

macro_rules! named {
    ($condition:literal) => {
        concat!(
            "SELECT b.id, b.fiscal_year_id, y.start_date, y.end_date FROM budget b \
             INNER JOIN fiscal_year y ON y.tenant_id = b.tenant_id AND y.id = b.fiscal_year_id WHERE b.tenant_id = ?1 AND ",
            $condition
        )
    };
}

statements! {
    BY_ID = "accounting.budget.named_by_id": named!("b.id = ?2");
    BY_CODE = "accounting.budget.named_by_code": named!("b.code = ?2");
    // Accounts of the income statement, and others that the budget has lines for.
    REPORT = "accounting.report.budget":
        "SELECT x.account_id, x.start_date, CAST(SUM(x.budget) AS DECIMAL(19,4)) AS budget, \
         CAST(SUM(x.actual) AS DECIMAL(19,4)) AS actual FROM (\
         SELECT l.account_id, p.start_date, l.amount AS budget, 0 AS actual FROM budget_line l \
         INNER JOIN fiscal_period p ON p.tenant_id = l.tenant_id AND p.id = l.fiscal_period_id \
         WHERE l.tenant_id = ?1 AND l.budget_id = ?2 AND p.start_date >= ?4 AND p.start_date <= ?5 UNION ALL \
         SELECT b.account_id, p.start_date, 0 AS budget, b.debit - b.credit AS actual FROM fiscal_period p \
         INNER JOIN account_balance b ON b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
         WHERE p.tenant_id = ?1 AND p.fiscal_year_id = ?3 AND p.kind = 'regular' AND p.start_date >= ?4 AND p.start_date <= ?5 \
         AND b.shard >= 0 AND (a.type IN ('income', 'expense') OR EXISTS (SELECT 1 FROM budget_line k WHERE k.tenant_id = ?1 \
         AND k.budget_id = ?2 AND k.account_id = b.account_id))) x GROUP BY x.account_id, x.start_date \
         ORDER BY x.account_id, x.start_date";
}

pub static LIST: ListSql = ListSql {
    spec: &BUDGET_LINE_LIST,
    select: "SELECT l.account_id, a.code, a.type, l.fiscal_period_id, p.start_date, l.dimension_set_id, l.amount FROM budget_line l \
             LEFT JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
             LEFT JOIN fiscal_period p ON p.tenant_id = l.tenant_id AND p.id = l.fiscal_period_id",
    tenant: "l.tenant_id",
    key: &["l.account_id", "l.fiscal_period_id", "l.dimension_set_id"],
    columns: &[
        ("accountId", "l.account_id"),
        ("accountCode", "a.code"),
        ("fiscalPeriodId", "l.fiscal_period_id"),
        ("periodStart", "p.start_date"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl BudgetQueries for Db {
    async fn budget_lines(
        &self,
        tenant: TenantId,
        budget: BudgetId,
        query: &ListQuery,
    ) -> AppResult<Page<BudgetLineView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let of_budget = Some(("l.budget_id = ?2".into(), vec![budget.into()]));
        let read = |columns: &mut Columns| read_line(columns, &money);
        let page = LIST.page(self, tenant, query, of_budget, read).await?;
        let sets = set_codes(self, tenant, page.items.iter().map(|(set, _)| *set)).await?;
        Ok(page.map(|(set, line)| BudgetLineView {
            dimensions: sets.get(&set).cloned().unwrap_or_default(),
            ..line
        }))
    }

    async fn budget_named(
        &self,
        tenant: TenantId,
        named: &Reference<BudgetId>,
    ) -> AppResult<Option<(BudgetId, FiscalYearId, NaiveDate, NaiveDate)>> {
        let row = match named {
            Reference::Id(id) => self.find(&BY_ID, &[tenant.into(), (*id).into()]).await?,
            Reference::Code(code) => self.find(&BY_CODE, &[tenant.into(), code.as_str().into()]).await?,
        };
        let Some(row) = row else { return Ok(None) };
        let mut columns = row.columns("budget");
        let (id, year) = (columns.get("id")?, columns.get("fiscal_year_id")?);
        Ok(Some((id, year, columns.get("start_date")?, columns.get("end_date")?)))
    }

    async fn budget_report(
        &self,
        tenant: TenantId,
        (budget, year): (BudgetId, FiscalYearId),
        (from, to): (NaiveDate, NaiveDate),
    ) -> AppResult<Vec<BudgetReportRow>> {
        let params = [tenant.into(), budget.into(), year.into(), from.into(), to.into()];
        let mut rows = Vec::new();
        for row in self.query(&REPORT, &params).await? {
            let mut columns = row.columns("budget_line");
            rows.push(BudgetReportRow {
                account: columns.get("account_id")?,
                period_start: columns.get("start_date")?,
                budget: columns.get("budget")?,
                actual: columns.get("actual")?,
            });
        }
        Ok(rows)
    }
}

/// The columns of [`LIST`]; amounts as they are shown, and dimensions by their set.
fn read_line(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<(DimensionSetId, BudgetLineView)> {
    let (account, code): (Uuid, String) = (columns.get("account_id")?, columns.get("code")?);
    let kind: String = columns.get("type")?;
    let (period, period_start): (Uuid, NaiveDate) =
        (columns.get("fiscal_period_id")?, columns.get("start_date")?);
    let set = columns.get("dimension_set_id")?;
    let amount: Amount = columns.get("amount")?;
    let natural = match kind.as_str() {
        "expense" | "asset" => Some(amount),
        _ => amount.checked_neg(),
    };
    let line = BudgetLineView {
        account_id: account,
        account_code: code,
        fiscal_period_id: period,
        period_start,
        dimensions: BTreeMap::new(),
        amount: money.company(natural.unwrap_or(amount)),
    };
    Ok((set, line))
}
