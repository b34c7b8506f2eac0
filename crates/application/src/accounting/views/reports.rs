//! Reports as the API shows them. Amounts are decimal strings; names come in both languages, captions in the caller's.

use std::collections::BTreeMap;

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

/// The scope of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportScopeView {
    /// The company whose books they are.
    pub company: NameView,
    /// The title, in the language of the request.
    pub title: String,
    /// The currency of every amount: the company currency, or the one asked for.
    pub currency: String,
    /// The first day; null when the report begins with the books.
    pub from: Option<NaiveDate>,
    /// The last day; null when the report goes to the end of the books.
    pub to: Option<NaiveDate>,
    pub known_at: Option<String>,
    /// The dimension filters of the request, as `code:value,value`.
    pub dimensions: Vec<String>,
    /// The range or day with which the figures are compared.
    pub comparison: Option<ReportRangeView>,
    /// How the report was translated; null when it is in the currency of the books or of its lines.
    pub presentation: Option<PresentationView>,
}

/// The translation of a report into the tenant's reporting currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresentationView {
    /// The currency of the books.
    pub books_currency: String,
    /// The rate of income and expenses in each fiscal period: `average` or `period_end`.
    pub income_rate: &'static str,
    /// The rate of assets and liabilities on the last day: units of the books' currency for one unit of the report's.
    pub closing_rate: Option<String>,
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
    /// Whether debits equal credits; null when a filter leaves lines out.
    pub balanced: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrialBalanceLineView {
    /// The code of the account.
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// The type of the account: `asset`, `liability`, `equity`, `income` or `expense`.
    #[serde(rename = "type")]
    pub account_type: &'static str,
    #[serde(flatten)]
    pub figures: TrialBalanceFiguresView,
    pub comparison: Option<TrialBalanceFiguresView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrialBalanceFiguresView {
    /// The closing balance, if it is a debit balance.
    #[schema(value_type = String)]
    pub debit: Money,
    #[schema(value_type = String)]
    pub credit: Money,
    /// The balance before `from`; positive if it is a debit balance.
    #[schema(value_type = String)]
    pub opening: Money,
    #[schema(value_type = String)]
    pub movement_debit: Money,
    #[schema(value_type = String)]
    pub movement_credit: Money,
    /// The closing balance; positive if it is a debit balance.
    #[schema(value_type = String)]
    pub closing: Money,
}

/// A balance sheet, an income statement or a cash flow statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementView {
    pub scope: ReportScopeView,
    /// The meaning of the `amounts` of each line, in their order.
    pub columns: Vec<StatementColumnView>,
    pub sections: Vec<StatementSection>,
    /// The figures computed from the sections, such as the net profit.
    pub results: Vec<StatementLine>,
    /// Whether the statement balances: assets equal liabilities and equity, or the cash flow explains the change of the
    /// cash accounts. Null when a filter leaves lines out, and for the income statement, which has nothing to balance.
    pub balanced: Option<bool>,
    /// The difference by column when the statement does not balance; always zero unless the report is filtered.
    #[schema(value_type = Vec<String>)]
    pub difference: Vec<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementColumnView {
    /// The code of the column: `current`, `comparison`, or the code of a dimension value.
    pub code: String,
    pub caption: String,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementSection {
    /// The stable code of the section, such as `assets`, `income` or `operating`.
    pub code: &'static str,
    pub caption: String,
    /// The lines as a tree, parents before children. Headings carry the sum of the accounts below them.
    pub lines: Vec<StatementLine>,
    pub total_caption: String,
    #[schema(value_type = Vec<String>)]
    pub totals: Vec<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementLine {
    /// The kind of line: `account`, `heading` or `computed`.
    pub kind: &'static str,
    /// The account's code, or the stable name of a computed line.
    pub code: String,
    pub account_id: Option<Uuid>,
    pub name: Option<NameView>,
    /// The caption of a computed line, in the language of the request; null for an account.
    pub caption: Option<String>,
    /// The depth within the section, from 1.
    pub level: u8,
    /// The amounts, one for each column; positive on the section's own side.
    #[schema(value_type = Vec<String>)]
    pub amounts: Vec<Money>,
}

/// Control accounts beside the lines that make them up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ControlAccountsView {
    pub scope: ReportScopeView,
    pub lines: Vec<ControlAccountView>,
    /// Whether every balance equals the sum of its lines.
    pub balanced: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ControlAccountView {
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// The sub-ledger: `receivable`, `payable`, `inventory` or `vat`.
    pub control: &'static str,
    /// The maintained balance; positive if it is a debit balance.
    #[schema(value_type = String)]
    pub balance: Money,
    /// The sum of the account's lines over all parties; positive if it is a debit balance.
    #[schema(value_type = String)]
    pub sub_ledger: Money,
    #[schema(value_type = String)]
    pub difference: Money,
    /// The parties with the largest balances, at most 1,000.
    pub parties: Vec<PartyBalanceView>,
    /// The number of further parties that are not listed.
    pub parties_omitted: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyBalanceView {
    /// The party; null for lines without a party.
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
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneralLedgerAccountView {
    pub account: String,
    pub account_id: Uuid,
    pub name: NameView,
    /// Whether the previous page ended inside this account; `opening` is then the balance reached there.
    pub continued: bool,
    #[schema(value_type = String)]
    pub opening: Money,
    pub lines: Vec<GeneralLedgerLineView>,
    /// The balance after the last line shown. It is the account's closing balance unless the account continues on the
    /// next page.
    #[schema(value_type = String)]
    pub closing: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneralLedgerLineView {
    pub posting_date: NaiveDate,
    pub entry_id: Uuid,
    pub line_no: u32,
    /// The code of the journal.
    pub journal: String,
    pub number: String,
    pub description: Option<String>,
    pub party: Option<String>,
    pub reference: Option<String>,
    #[schema(value_type = String)]
    pub debit: Money,
    #[schema(value_type = String)]
    pub credit: Money,
    /// The balance of the account after this line; positive if it is a debit balance.
    #[schema(value_type = String)]
    pub balance: Money,
    pub currency: String,
    #[schema(value_type = String)]
    pub currency_debit: Money,
    #[schema(value_type = String)]
    pub currency_credit: Money,
    pub rate: String,
    /// The values of the line by the codes of their dimensions.
    pub dimensions: BTreeMap<String, String>,
}

/// One row of the general ledger when it is streamed: what an account begins with, its lines, what it ends with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneralLedgerRowView {
    /// `opening`, `line` or `closing`.
    pub kind: &'static str,
    /// Code of the account.
    pub account: String,
    /// The name, in the language of the request.
    pub name: String,
    /// The account's balance after this row, debit positive.
    #[schema(value_type = String)]
    pub balance: Money,
    /// The line, if the row is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<GeneralLedgerLineView>,
}
