//! The balance of an account, and the lines it consists of.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The balance of an account. For a heading it is the sum of the accounts below it. Amounts are decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountBalanceView {
    pub account_id: Uuid,
    pub account_code: String,
    /// Only lines up to this posting date count.
    pub as_of: NaiveDate,
    /// Only lines recorded up to this moment count; null when all do.
    pub known_at: Option<String>,
    /// The company currency, in which the following amounts are.
    pub currency: String,
    pub debit: String,
    pub credit: String,
    /// Debits minus credits.
    pub balance: String,
    pub by_currency: Vec<CurrencyBalanceView>,
}

/// The part of a balance that was posted in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrencyBalanceView {
    pub currency: String,
    pub debit: String,
    pub credit: String,
    /// Debits minus credits.
    pub balance: String,
    /// The debit in the company currency.
    pub company_debit: String,
    pub company_credit: String,
    pub company_balance: String,
}

/// The lines of an account in order, each with the balance after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountLedgerView {
    pub account_id: Uuid,
    /// The balance before the first line of this page, in the company currency. It includes the opening entries of the
    /// range, whose lines are not listed.
    pub opening_balance: String,
    /// The balance after its last line.
    pub closing_balance: String,
    pub items: Vec<AccountLedgerLineView>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// One posted line of an account. Amounts are decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountLedgerLineView {
    pub entry_id: Uuid,
    pub line_no: u32,
    pub journal_id: Uuid,
    pub number: String,
    pub posting_date: NaiveDate,
    /// The debit in the company currency.
    pub debit: String,
    pub credit: String,
    /// Debits minus credits of all lines up to and including this one.
    pub balance: String,
    pub currency: String,
    pub currency_debit: String,
    pub currency_credit: String,
    /// The balance in the account's own currency after this line; null when the account takes any currency.
    pub currency_balance: Option<String>,
    pub dimensions: BTreeMap<String, String>,
    /// The description of the line, or that of the entry if the line has none.
    pub description: Option<String>,
    pub party: Option<String>,
    pub due_date: Option<NaiveDate>,
    pub reference: Option<String>,
    pub tax_code: Option<String>,
    #[schema(format = "date-time")]
    pub recorded_at: String,
}
