//! Journal entries and ledger lines as the API shows them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;

/// Most lines shown inside an entry; a longer entry's lines are read from `/ledger-lines`.
pub const LINES_INLINE_MAX: usize = 1_000;
/// Most lines on one page of a list that shows them; a page that would have more ends earlier.
pub const LINES_PAGE_MAX: usize = 20_000;

/// One journal entry, draft or posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntryView {
    pub id: Uuid,
    pub journal_id: Uuid,
    pub journal_code: String,
    /// `standard`, `opening`, `closing`, `reversal` or `revaluation`.
    pub kind: &'static str,
    /// `draft`, `posted` or `reversed`.
    pub status: &'static str,
    /// The legal number; null until posted.
    pub number: Option<String>,
    pub posting_date: NaiveDate,
    pub document_date: Option<NaiveDate>,
    pub fiscal_period_id: Option<Uuid>,
    /// Of lines that name none.
    pub currency: String,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub notes: Option<String>,
    /// Why control accounts are posted to by hand.
    pub control_reason: Option<String>,
    /// Sum of the debits in the company currency; null for a draft.
    pub total: Option<String>,
    pub line_count: u32,
    pub reverses_id: Option<Uuid>,
    pub reversed_by_id: Option<Uuid>,
    pub recurring_entry_id: Option<Uuid>,
    /// The entry that it was copied from.
    pub copied_from_id: Option<Uuid>,
    /// Its latest copy; all of them are the entries with this `copiedFromId`.
    pub copied_to_id: Option<Uuid>,
    /// The user who made it; null for what the product makes by itself.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    /// The user who posted it; null until posted, and for what the product posts by itself.
    pub posted_by: Option<Uuid>,
    /// When it entered the ledger; null until posted.
    pub recorded_at: Option<String>,
    /// Its place in the journal's hash chain.
    pub chain_sequence: Option<i64>,
    /// SHA-256 of the entry before and this one, hexadecimal.
    pub hash: Option<String>,
    pub version: i64,
    /// In lists only with `expand=lines`; never more than 1,000, the others are in `/ledger-lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<EntryLineView>>,
}

/// One line of an entry. Amounts are decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryLineView {
    pub line_no: u32,
    pub account_id: Uuid,
    pub account_code: String,
    pub account_name: Option<NameView>,
    /// In the line's currency; exactly one of debit and credit is there.
    pub debit: Option<String>,
    pub credit: Option<String>,
    pub currency: String,
    /// Company units for one unit of the currency; null in a draft that leaves it to the posting date.
    pub rate: Option<String>,
    /// In the company currency; null in a draft.
    pub company_debit: Option<String>,
    pub company_credit: Option<String>,
    /// Dimension code to value code.
    pub dimensions: BTreeMap<String, String>,
    pub description: Option<String>,
    pub party: Option<String>,
    pub due_date: Option<NaiveDate>,
    pub reference: Option<String>,
    pub tax_code: Option<String>,
    /// Takes up what conversion left over.
    pub rounding: bool,
}

/// One posted line of the ledger with what its entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerLineView {
    pub entry_id: Uuid,
    pub line_no: u32,
    pub journal_id: Uuid,
    pub journal_code: String,
    pub number: String,
    pub posting_date: NaiveDate,
    pub fiscal_period_id: Uuid,
    pub account_id: Uuid,
    pub account_code: String,
    /// In the company currency.
    pub debit: String,
    pub credit: String,
    pub currency: String,
    pub currency_debit: String,
    pub currency_credit: String,
    pub rate: String,
    pub dimensions: BTreeMap<String, String>,
    /// The line's, or the entry's where the line has none.
    pub description: Option<String>,
    pub party: Option<String>,
    pub due_date: Option<NaiveDate>,
    pub reference: Option<String>,
    pub tax_code: Option<String>,
    /// The user who posted the entry; null for what the product posts by itself.
    pub posted_by: Option<Uuid>,
    /// That user's name.
    pub posted_by_name: Option<String>,
    #[schema(format = "date-time")]
    pub recorded_at: String,
}
