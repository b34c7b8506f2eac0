//! Budgets in storage, and what was gathered of them.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::budget::{BudgetId, ControllingBudget};
use domain::ids::{AccountId, DimensionSetId, FiscalPeriodId, FiscalYearId, TenantId};
use domain::money::Amount;
use domain::text::Code;

use super::views::BudgetLineView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;
use crate::reference::Reference;

/// What a line of a budget is for.
pub type LineKey = (AccountId, DimensionSetId, FiscalPeriodId);

/// An amount of an account in a period: a line of a budget, or what was posted. Debits are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    pub account: AccountId,
    pub set: DimensionSetId,
    pub period: FiscalPeriodId,
    pub period_start: NaiveDate,
    pub amount: Amount,
}

#[async_trait]
pub trait BudgetRepository: Send {
    /// The budgets that postings are compared with, in the order of their codes. Remembered like other facts of the books.
    async fn controlling_budgets(&mut self) -> StorageResult<Vec<ControllingBudget>>;
    async fn has_lines(&mut self, budget: BudgetId) -> StorageResult<bool>;
    /// Keeps other postings that are compared with the same budget and account waiting until this unit of work ends, so that no
    /// two of them take the same rest.
    async fn hold(&mut self, keys: &BTreeSet<(BudgetId, AccountId)>) -> StorageResult<()>;
    /// The lines of a budget for some accounts.
    async fn lines_of(
        &mut self,
        budget: BudgetId,
        accounts: &BTreeSet<AccountId>,
    ) -> StorageResult<Vec<Figure>>;
    /// What some accounts gathered in the ordinary periods of a year, by combination of dimension values; amounts without any have
    /// the empty one. MUST include what this unit of work posted.
    async fn gathered(
        &mut self,
        year: FiscalYearId,
        accounts: &BTreeSet<AccountId>,
    ) -> StorageResult<Vec<Figure>>;
    /// The accounts with codes of a range that a budget has lines for.
    async fn accounts_with_lines(
        &mut self,
        budget: BudgetId,
        codes: (&Code, &Code),
    ) -> StorageResult<BTreeSet<AccountId>>;
    /// The income and expense accounts with codes of a range that gathered something in a year.
    async fn accounts_with_amounts(
        &mut self,
        year: FiscalYearId,
        codes: (&Code, &Code),
    ) -> StorageResult<BTreeSet<AccountId>>;
    /// Replaces every line that a budget has for the accounts.
    async fn replace_lines(
        &mut self,
        budget: BudgetId,
        accounts: &BTreeSet<AccountId>,
        lines: &BTreeMap<LineKey, Amount>,
    ) -> StorageResult<()>;
}

/// The fields by which `GET /budgets/{id}/lines` filters and sorts.
pub static BUDGET_LINE_LIST: ListSpec = ListSpec {
    resource: "budget_line",
    fields: &[
        FieldSpec::new("accountId", FieldKind::Id),
        FieldSpec::new("accountCode", FieldKind::Text).sortable(),
        FieldSpec::new("fiscalPeriodId", FieldKind::Id),
        FieldSpec::new("periodStart", FieldKind::Date).sortable(),
    ],
    default_sort: &[("accountCode", Direction::Ascending), ("periodStart", Direction::Ascending)],
    expand: &[],
};

/// A row of the report on a budget: one account in one period. Debits are positive.
#[derive(Debug, Clone)]
pub struct BudgetReportRow {
    pub account: AccountId,
    pub period_start: NaiveDate,
    pub budget: Amount,
    pub actual: Amount,
}

#[async_trait]
pub trait BudgetQueries: Send + Sync {
    async fn budget_lines(
        &self,
        tenant: TenantId,
        budget: BudgetId,
        query: &ListQuery,
    ) -> AppResult<Page<BudgetLineView>>;
    /// The budget with this id or code, and its fiscal year with its days.
    async fn budget_named(
        &self,
        tenant: TenantId,
        named: &Reference<BudgetId>,
    ) -> AppResult<Option<(BudgetId, FiscalYearId, NaiveDate, NaiveDate)>>;
    /// Budget and actual amounts by account and ordinary period of the year, of periods that begin in the range.
    async fn budget_report(
        &self,
        tenant: TenantId,
        budget: (BudgetId, FiscalYearId),
        range: (NaiveDate, NaiveDate),
    ) -> AppResult<Vec<BudgetReportRow>>;
}
