//! Open lines and matches as the API shows them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::{MatchedLine, StoredMatch};
use domain::money::{Amount, CurrencyCode};

/// Most matches shown in the answer that made them; `/line-matches` has all of them.
pub const MATCHES_INLINE_MAX: usize = 1_000;

domain::choices! {
    /// How a match came about.
    pub enum MatchKind {
        /// A person named the lines.
        Manual = "manual",
        /// A rule found them.
        Auto = "auto",
    }
}

/// A posted line of a reconcilable account and what is left of it. Amounts are positive decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenLineView {
    pub entry_id: Uuid,
    pub line_no: u32,
    /// The legal number of the entry.
    pub number: String,
    pub posting_date: NaiveDate,
    pub account_id: Uuid,
    pub account_code: String,
    /// The reference of the line, or that of the entry if the line has none.
    pub reference: Option<String>,
    /// The description of the line, or that of the entry if the line has none.
    pub description: Option<String>,
    pub party: Option<String>,
    /// `debit` or `credit`.
    pub side: &'static str,
    pub currency: String,
    /// The amount that was posted, in the line's currency.
    pub amount: String,
    /// The part that is not matched.
    pub open_amount: String,
    /// The amount that was posted, in the company currency.
    pub company_amount: String,
    /// The part that is not matched, in the company currency at the rate of the posting.
    pub open_company_amount: String,
    /// `open`, `partly_matched`, `matched`, or `reversed` together with the other lines of its entry.
    pub status: &'static str,
    /// The date of the match or reversal that took the rest; null while anything is open.
    pub settled_on: Option<NaiveDate>,
    #[schema(format = "date-time")]
    pub recorded_at: String,
}

/// Lines of one account and currency that come to nothing together. Amounts are debits if they are positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineMatchView {
    pub id: Uuid,
    pub account_id: Uuid,
    pub account_code: String,
    pub currency: String,
    /// The day from which the lines count as matched.
    pub date: NaiveDate,
    /// `manual`, or `auto` where a rule found the lines.
    pub kind: &'static str,
    /// `matched`, or `undone`.
    pub status: &'static str,
    /// What the debits come to.
    pub total: String,
    /// By how much the lines differed, which was posted to another account.
    pub difference: String,
    /// The entry of the difference; null where there was none.
    pub difference_entry_id: Option<Uuid>,
    /// What exchange rates made of the lines, in the company currency: a loss if positive.
    pub exchange_difference: String,
    /// The entry of the exchange difference; null where there was none.
    pub exchange_entry_id: Option<Uuid>,
    pub line_count: u32,
    /// The user who matched them; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    /// The user who undid the match.
    pub undone_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub undone_at: Option<String>,
    /// Why the match was undone.
    pub undo_reason: Option<String>,
    pub version: i64,
    /// The lines, among them those of the entries that the match posted. Lists leave them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<MatchedLineView>>,
}

/// The part of a line that a match took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchedLineView {
    pub entry_id: Uuid,
    pub line_no: u32,
    /// The legal number of the entry.
    pub number: String,
    pub posting_date: NaiveDate,
    pub currency: String,
    /// In the line's currency; positive if the line is a debit.
    pub amount: String,
    /// In the company currency at the rate of the posting.
    pub company_amount: String,
}

/// The matches that a request made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineMatchBatchView {
    pub date: NaiveDate,
    pub match_count: u32,
    pub line_count: u32,
    /// The matches, each with its lines.
    pub matches: Vec<LineMatchView>,
}

/// Formats amounts by their currency.
pub type Display<'a> = &'a dyn Fn(Amount, CurrencyCode) -> String;

impl StoredMatch {
    /// The view; `company` is the currency of the books.
    pub fn view(
        &self,
        lines: Option<&[MatchedLine]>,
        company: CurrencyCode,
        text: Display<'_>,
    ) -> LineMatchView {
        let line = |line: &MatchedLine| MatchedLineView {
            entry_id: line.entry.uuid(),
            line_no: line.line_no,
            number: line.number.clone(),
            posting_date: line.posting_date,
            currency: line.currency.to_string(),
            amount: text(line.taken.amount, line.currency),
            company_amount: text(line.taken.company_amount, company),
        };
        LineMatchView {
            id: self.id.uuid(),
            account_id: self.account.uuid(),
            account_code: self.account_code.clone(),
            currency: self.currency.to_string(),
            date: self.date,
            kind: self.kind.as_str(),
            status: if self.undone.is_some() { "undone" } else { "matched" },
            total: text(self.total, self.currency),
            difference: text(self.difference, self.currency),
            difference_entry_id: self.difference_entry.map(|id| id.uuid()),
            exchange_difference: text(self.exchange_difference, company),
            exchange_entry_id: self.exchange_entry.map(|id| id.uuid()),
            line_count: self.line_count,
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            undone_by: self.undone.as_ref().and_then(|undone| undone.by).map(|id| id.uuid()),
            undone_at: self.undone.as_ref().map(|undone| undone.at.to_string()),
            undo_reason: self.undone.as_ref().map(|undone| undone.reason.clone()),
            version: self.version,
            lines: lines.map(|lines| lines.iter().map(line).collect()),
        }
    }
}
