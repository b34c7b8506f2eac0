//! `GET /reports/budget`: budget and actual amounts by account and period.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::accounting::account::AccountType;
use domain::accounting::budget::BudgetId;
use domain::error::Language;
use domain::ids::{AccountId, TenantId};
use domain::money::Amount;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::BudgetQueries;
use crate::accounting::reports::Reports;
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::chart::Chart;
use crate::accounting::reports::figures::Shown;
use crate::accounting::reports::request::{Range, ReportRequest};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{Money, ReportScopeView};
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::reference::Reference;

/// Decimals of a percentage.
const PERCENT_DECIMALS: u8 = 1;

/// The report as asked for.
#[derive(Debug, Clone)]
pub struct BudgetReportRequest {
    pub budget: Reference<BudgetId>,
    /// By default the whole fiscal year of the budget.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub language: Language,
}

/// Budget and actual amounts of a fiscal year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetReportView {
    pub scope: ReportScopeView,
    pub budget_id: Uuid,
    pub lines: Vec<BudgetReportLineView>,
}

/// An account, in one period or in all of them. Amounts are in the company currency; positive is a debit of expenses and
/// assets, and a credit of other accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetReportLineView {
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// The first day of the period; null for the sum of the account.
    pub period_start: Option<NaiveDate>,
    #[schema(value_type = String)]
    pub budget: Money,
    #[schema(value_type = String)]
    pub actual: Money,
    /// The actual amount less the budget.
    #[schema(value_type = String)]
    pub variance: Money,
    /// The actual amount in per cent of the budget; null without a budget.
    pub percent: Option<String>,
}

#[derive(Default, Clone, Copy)]
struct Sum {
    budget: i128,
    actual: i128,
}

impl Reports {
    pub async fn budget(
        &self,
        tenant: TenantId,
        budgets: &dyn BudgetQueries,
        request: &BudgetReportRequest,
    ) -> AppResult<BudgetReportView> {
        let found = budgets.budget_named(tenant, &request.budget).await?;
        let unknown = || match &request.budget {
            Reference::Id(id) => unknown_reference("/budgetId", "budget", id),
            Reference::Code(code) => unknown_reference("/budgetCode", "budget", code),
        };
        let (budget, year, start, end) = found.ok_or_else(unknown)?;
        let (from, to) = (request.from.unwrap_or(start), request.to.unwrap_or(end));
        let range = Range::checked(Some(from), Some(to))?;
        let report = ReportRequest {
            from: Some(from),
            to: Some(to),
            language: request.language,
            ..ReportRequest::new()
        };
        let frame = self.frame(tenant, &report).await?;
        let rows = budgets.budget_report(tenant, (budget, year), (from, to)).await?;
        let mut sums: BTreeMap<AccountId, BTreeMap<NaiveDate, Sum>> = BTreeMap::new();
        for row in rows {
            let sum = sums.entry(row.account).or_default().entry(row.period_start).or_default();
            sum.budget += i128::from(row.budget.scaled());
            sum.actual += i128::from(row.actual.scaled());
        }
        let chart = Chart::new(self.queries.chart(tenant, None).await?);
        let mut lines = Vec::new();
        for account in chart.iter() {
            let Some(periods) = sums.get(&account.id) else { continue };
            let sign = match account.account_type {
                AccountType::Expense | AccountType::Asset => 1,
                _ => -1,
            };
            let line = |period_start: Option<NaiveDate>, sum: Sum| {
                let (name, code) = (NameView::from(&account.name), account.code.clone());
                line((code, account.id.uuid(), name), period_start, sum, sign, frame.shown)
            };
            for (start, sum) in periods {
                lines.push(line(Some(*start), *sum)?);
            }
            let add = |all: Sum, one: &Sum| Sum {
                budget: all.budget + one.budget,
                actual: all.actual + one.actual,
            };
            lines.push(line(None, periods.values().fold(Sum::default(), add))?);
        }
        let scope = frame.scope(Caption::Budget, &report, range, None);
        Ok(BudgetReportView { scope, budget_id: budget.uuid(), lines })
    }
}

fn line(
    (account, account_id, name): (String, Uuid, NameView),
    period_start: Option<NaiveDate>,
    sum: Sum,
    sign: i128,
    shown: Shown,
) -> AppResult<BudgetReportLineView> {
    let (budget, actual) = (sum.budget * sign, sum.actual * sign);
    Ok(BudgetReportLineView {
        account,
        account_id,
        name,
        period_start,
        budget: shown.money(budget)?,
        actual: shown.money(actual)?,
        variance: shown.money(actual - budget)?,
        percent: percent(budget, actual),
    })
}

/// The one in per cent of the other; `None` where the budget is not positive.
fn percent(budget: i128, actual: i128) -> Option<String> {
    let (budget, actual) = (i64::try_from(budget).ok()?, i64::try_from(actual).ok()?);
    let hundred = Amount::from_scaled(1_000_000);
    let percent =
        hundred.share(Amount::from_scaled(actual), Amount::from_scaled(budget), PERCENT_DECIMALS)?;
    Some(percent.display(PERCENT_DECIMALS))
}
