//! The facts of a close checklist.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::lock::LockKind;
use domain::ids::{AccountId, FiscalPeriodId, FiscalYearId, TenantId};
use domain::money::{Amount, Currency};

use crate::accounting::views::fiscal_year::{FiscalPeriodView, FiscalYearView};
use crate::error::AppResult;

/// The period or year to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChecklistScope {
    Year(FiscalYearId),
    Period(FiscalPeriodId),
}

/// The state of the books as far as it concerns closing.
#[derive(Debug, Clone)]
pub struct ChecklistFacts {
    pub fiscal_year: FiscalYearView,
    /// `None` when the whole year is to be closed.
    pub period: Option<FiscalPeriodView>,
    pub company: Currency,
    /// Drafts dated in it.
    pub drafts: u64,
    pub opening_account: Option<AccountId>,
    /// The balance of the opening account at the end, debit positive.
    pub opening_balance: Amount,
    /// Open periods before the period, or open years before the year.
    pub earlier_open: u64,
    /// Currencies with a balance at the end but without a rate dated in the last period.
    pub currencies_without_rate: Vec<String>,
    /// Currencies of receivables, payables and cash that no run has valued on the last day.
    pub currencies_not_revalued: Vec<String>,
    /// Tax entries of a box, with a tax date in it, that no filed return has.
    pub vat_undeclared: u64,
    /// Receivable and payable accounts whose open items do not add up to their balances.
    pub sub_ledgers_apart: u64,
    /// Receipts dated by the end of which something is open.
    pub advances: u64,
    /// Entries in the range that are submitted for approval, or approved and not posted; `drafts` leaves them out.
    pub awaiting_approval: u64,
    /// Active recurring entries due by the end.
    pub recurring_due: u64,
    /// Active recurring invoices and bills due by the end, or with a failed occurrence.
    pub recurring_invoices_due: u64,
    /// Deferrals with a line by the end that is not posted.
    pub deferrals_due: u64,
    /// Runs that monthly distribution keys lack in it.
    pub distributions_due: u64,
    /// Periods whose debits and credits differ.
    pub out_of_balance: u64,
    /// Accounts of income or expense that still hold something; 0 for a period.
    pub accounts_to_close: u64,
    pub retained_earnings_set: bool,
    pub closing_journal_there: bool,
    /// Locks on every journal that cover the last day.
    pub locks: Vec<(LockKind, NaiveDate)>,
}

#[async_trait]
pub trait CloseChecklistQueries: Send + Sync {
    /// MUST read maintained balances and indexed rows only. `None` when there is no such year or period.
    async fn close_checklist_facts(
        &self,
        tenant: TenantId,
        scope: ChecklistScope,
    ) -> AppResult<Option<ChecklistFacts>>;
}
