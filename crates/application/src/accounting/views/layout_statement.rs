//! Statements by layout as the API shows them, and the lines behind their figures.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;
use super::reports::{Money, ReportScopeView};

/// A statement by layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LayoutStatementView {
    pub scope: ReportScopeView,
    pub layout: StatementLayoutView,
    /// The meaning of the `cells` of each row, in their order.
    pub columns: Vec<LayoutColumnView>,
    /// The rows of the layout that are not hidden, in its order.
    pub rows: Vec<StatementRowView>,
    /// Accounts with amounts that the statement should show and no row takes, positive if debits prevail.
    pub unassigned_accounts: Vec<UnassignedAccountView>,
    pub reconciliation: StatementReconciliationView,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementLayoutView {
    pub id: Uuid,
    pub code: String,
    /// `balance_sheet`, `income_statement`, `cash_flow`, `equity_changes` or `custom`
    pub kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LayoutColumnView {
    /// The stable code of the column within the statement.
    pub code: String,
    /// `actual`, `comparison`, `variance`, `variance_percent`, `budget`, `budget_variance` or `budget_variance_percent`
    pub kind: &'static str,
    /// In changes in equity: `opening`, `profit`, `movement` or `closing`; otherwise null, and each row has its own.
    pub measure: Option<&'static str>,
    pub caption: String,
    /// The first day of the period; balances before it are opening balances.
    pub from: NaiveDate,
    /// The last day of the period.
    pub to: NaiveDate,
    /// With `columnsBy` the code of the value; null for the total, empty for lines without a value.
    pub dimension_value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementRowView {
    /// The code of the row in the layout.
    pub code: String,
    /// `accounts`, `formula`, `total` or `heading`
    pub kind: &'static str,
    pub name: NameView,
    /// The depth, from 0.
    pub level: u8,
    /// One for each column; none in a heading.
    pub cells: Vec<FigureView>,
}

/// A figure and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FigureView {
    /// The amount, or the percentage in a column `variance_percent` or `budget_variance_percent`, where it is null if there is nothing to compare with.
    #[schema(value_type = Option<String>)]
    pub amount: Option<Money>,
    /// The lines whose `amount`s add up to the figure, in the currency of the books where the statement is translated; null for
    /// budgets and for variances, which are computed from other cells.
    pub lines: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnassignedAccountView {
    /// The code of the account.
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// One for each column.
    pub cells: Vec<FigureView>,
}

/// How the statement ties to the trial balance: one amount for each column, positive if debits prevail, null for variances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementReconciliationView {
    /// The sum of the rows of accounts that are counted.
    #[schema(value_type = Vec<Option<String>>)]
    pub rows: Vec<Option<Money>>,
    /// The sum of the accounts that no row takes.
    #[schema(value_type = Vec<Option<String>>)]
    pub unassigned: Vec<Option<Money>>,
    /// The sum of all accounts that the statement should show, as in the trial balance.
    #[schema(value_type = Vec<Option<String>>)]
    pub ledger: Vec<Option<Money>>,
    /// Whether rows and unassigned accounts add up to the ledger; false if rows take accounts that do not belong into a statement
    /// of this kind.
    pub balanced: bool,
}

/// A page of the lines behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FigureLinesView {
    /// Lines in order of account code, date, entry and line.
    pub items: Vec<FigureLineView>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A line of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FigureLineView {
    /// The code of the account.
    pub account: String,
    pub account_id: Uuid,
    pub posting_date: NaiveDate,
    pub entry_id: Uuid,
    pub line_no: u32,
    /// The code of the journal.
    pub journal: String,
    pub number: String,
    pub description: Option<String>,
    pub party: Option<String>,
    pub reference: Option<String>,
    /// The debit in the currency of the statement.
    #[schema(value_type = String)]
    pub debit: Money,
    #[schema(value_type = String)]
    pub credit: Money,
    pub currency: String,
    #[schema(value_type = String)]
    pub currency_debit: Money,
    #[schema(value_type = String)]
    pub currency_credit: Money,
    /// The values of the line by the codes of their dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// What the line adds to the figure, with the sign of the figure.
    #[schema(value_type = String)]
    pub amount: Money,
}
