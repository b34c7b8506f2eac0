//! Reports as the API shows them. Amounts are decimal strings; names come in both languages, captions in the caller's.

use chrono::NaiveDate;
use domain::money::Amount;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;

/// An amount that is shown with its currency's decimals: `"1234.50"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    pub amount: Amount,
    pub scale: u8,
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.amount.display(self.scale))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a report covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportScopeView {
    /// Whose books they are.
    pub company: NameView,
    /// In the language of the request.
    pub title: String,
    /// Of every amount: the company's, or the one asked for.
    pub currency: String,
    /// Null: from the beginning of the books.
    pub from: Option<NaiveDate>,
    /// Null: to their end.
    pub to: Option<NaiveDate>,
    pub known_at: Option<String>,
    /// As asked for: `code:value,value`.
    pub dimensions: Vec<String>,
    /// What the figures are set beside.
    pub comparison: Option<ReportRangeView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportRangeView {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Opening and closing balances of every account with postings, in order of the codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialBalanceView {
    pub scope: ReportScopeView,
    pub lines: Vec<TrialBalanceLineView>,
    pub totals: TrialBalanceFiguresView,
    /// Debits equal credits; null when a filter leaves lines out.
    pub balanced: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrialBalanceLineView {
    /// The code.
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// `asset`, `liability`, `equity`, `income` or `expense`.
    #[serde(rename = "type")]
    pub account_type: &'static str,
    #[serde(flatten)]
    pub figures: TrialBalanceFiguresView,
    pub comparison: Option<TrialBalanceFiguresView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrialBalanceFiguresView {
    /// The closing balance, if it is on the debit side.
    #[schema(value_type = String)]
    pub debit: Money,
    #[schema(value_type = String)]
    pub credit: Money,
    /// Signed, debit positive; before `from`.
    #[schema(value_type = String)]
    pub opening: Money,
    #[schema(value_type = String)]
    pub movement_debit: Money,
    #[schema(value_type = String)]
    pub movement_credit: Money,
    /// Signed, debit positive.
    #[schema(value_type = String)]
    pub closing: Money,
}

/// A balance sheet, an income statement or a cash flow statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementView {
    pub scope: ReportScopeView,
    /// What the `amounts` of each line mean, in their order.
    pub columns: Vec<StatementColumnView>,
    pub sections: Vec<StatementSection>,
    /// What follows from the sections, such as the net profit.
    pub results: Vec<StatementLine>,
    /// The statement proves itself: assets equal liabilities and equity, or the cash flow explains the change of the
    /// cash accounts. Null when a filter leaves lines out, and for the income statement, which has nothing to prove.
    pub balanced: Option<bool>,
    /// By how much it does not, one amount a column; always zero unless filtered.
    #[schema(value_type = Vec<String>)]
    pub difference: Vec<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementColumnView {
    /// `current`, `comparison`, or the code of a dimension value.
    pub code: String,
    pub caption: String,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementSection {
    /// Stable: `assets`, `income`, `operating` …
    pub code: &'static str,
    pub caption: String,
    /// The tree, parents before children; headings carry the sum of what is below them.
    pub lines: Vec<StatementLine>,
    pub total_caption: String,
    #[schema(value_type = Vec<String>)]
    pub totals: Vec<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementLine {
    /// `account`, `heading` or `computed`.
    pub kind: &'static str,
    /// The account's code, or the stable name of a computed line.
    pub code: String,
    pub account_id: Option<Uuid>,
    pub name: Option<NameView>,
    /// Of a computed line, in the language of the request.
    pub caption: Option<String>,
    /// Depth in the section, from 1.
    pub level: u8,
    /// One for each column; positive on the section's own side.
    #[schema(value_type = Vec<String>)]
    pub amounts: Vec<Money>,
}

/// Control accounts beside the lines that make them up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ControlAccountsView {
    pub scope: ReportScopeView,
    pub lines: Vec<ControlAccountView>,
    /// Every balance equals the sum of its lines.
    pub balanced: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ControlAccountView {
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// `receivable`, `payable`, `inventory` or `vat`.
    pub control: &'static str,
    /// The maintained balance, debit positive.
    #[schema(value_type = String)]
    pub balance: Money,
    /// The sum of the account's lines over all parties, debit positive.
    #[schema(value_type = String)]
    pub sub_ledger: Money,
    #[schema(value_type = String)]
    pub difference: Money,
    /// The largest balances first, at most 1,000.
    pub parties: Vec<PartyBalanceView>,
    /// How many more parties there are.
    pub parties_omitted: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyBalanceView {
    /// Null: lines without a party.
    pub party: Option<String>,
    #[schema(value_type = String)]
    pub balance: Money,
}

/// A page of the general ledger: accounts in order of their codes, with their lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneralLedgerView {
    pub scope: ReportScopeView,
    pub accounts: Vec<GeneralLedgerAccountView>,
    /// Pass it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneralLedgerAccountView {
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// The page before ended inside this account; `opening` is the balance reached there.
    pub continued: bool,
    #[schema(value_type = String)]
    pub opening: Money,
    pub lines: Vec<GeneralLedgerLineView>,
    /// The balance after the last line shown; the account's closing balance unless the next page goes on with it.
    #[schema(value_type = String)]
    pub closing: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneralLedgerLineView {
    pub posting_date: NaiveDate,
    pub entry_id: Uuid,
    pub line_no: u32,
    /// Code of the journal.
    pub journal: String,
    pub number: String,
    pub description: Option<String>,
    pub party: Option<String>,
    pub reference: Option<String>,
    #[schema(value_type = String)]
    pub debit: Money,
    #[schema(value_type = String)]
    pub credit: Money,
    /// Of the account after this line, debit positive.
    #[schema(value_type = String)]
    pub balance: Money,
    pub currency: String,
    #[schema(value_type = String)]
    pub currency_debit: Money,
    #[schema(value_type = String)]
    pub currency_credit: Money,
    pub rate: String,
}

/// One row of the general ledger when it is streamed: what an account begins with, its lines, what it ends with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneralLedgerRowView {
    /// `opening`, `line` or `closing`.
    pub kind: &'static str,
    /// Code of the account.
    pub account: String,
    /// In the language of the request.
    pub name: String,
    /// The account's balance after this row, debit positive.
    #[schema(value_type = String)]
    pub balance: Money,
    /// Of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<GeneralLedgerLineView>,
}
