//! The amounts of a budget beside what periods moved.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::error::Violation;
use domain::ids::{AccountId, TenantId};

use super::periods::{Period, Span};
use super::{StatementRequest, unknown};
use crate::accounting::budgets::ports::BudgetQueries;
use crate::accounting::ports::reports::Calendar;
use crate::accounting::reports::error::STATEMENT_BUDGET_PERIODS;
use crate::error::AppResult;
use crate::reference::Reference;

/// What a budget has for accounts in fiscal periods, debits positive.
pub struct Budgeted {
    amounts: BTreeMap<(AccountId, NaiveDate), i128>,
}

impl Budgeted {
    /// The budget of the request, if it has amounts for whole periods of every span.
    pub async fn find(
        tenant: TenantId,
        budgets: &dyn BudgetQueries,
        request: &StatementRequest,
        (calendar, periods): (&Calendar, &[Period]),
    ) -> AppResult<Option<Self>> {
        let Some(code) = &request.budget else { return Ok(None) };
        let found = budgets.budget_named(tenant, &Reference::Code(code.clone())).await?;
        let (budget, year, start, end) = found.ok_or_else(|| unknown("?compareBudget", "budget", code))?;
        for Span { from, to } in periods.iter().map(|period| period.span) {
            let regular =
                || calendar.periods.iter().filter(|period| period.kind == FiscalPeriodKind::Regular);
            let whole = from >= start
                && to <= end
                && regular().any(|period| period.span.start == from)
                && regular().any(|period| period.span.end == to);
            if !whole {
                let refused = Violation::new(&STATEMENT_BUDGET_PERIODS).at("?compareBudget");
                let refused = refused.with("budget", code).with("start", start).with("end", end);
                return Err(refused.with("from", from).with("to", to).into());
            }
        }
        let mut amounts: BTreeMap<(AccountId, NaiveDate), i128> = BTreeMap::new();
        for row in budgets.budget_report(tenant, (budget, year), (start, end)).await? {
            *amounts.entry((row.account, row.period_start)).or_default() += i128::from(row.budget.scaled());
        }
        Ok(Some(Self { amounts }))
    }

    /// The amounts of the periods that lie in a span, by account.
    pub fn within(&self, span: Span) -> impl Iterator<Item = (AccountId, i128)> + '_ {
        let inside = move |(_, start): &(AccountId, NaiveDate)| span.from <= *start && *start <= span.to;
        self.amounts
            .iter()
            .filter(move |(key, _)| inside(key))
            .map(|((account, _), amount)| (*account, *amount))
    }
}
