//! Journal entries and ledger lines as the API shows them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::accounting::journal_entry::EntrySource;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;
use crate::warnings::WarningView;

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
    /// The kind of entry: `standard`, `opening`, `closing`, `reversal` or `revaluation`.
    pub kind: &'static str,
    /// The status: `draft`, `posted` or `reversed`.
    pub status: &'static str,
    /// How far the entry is approved: `pending_approval`, or `approved`, also once it is posted. Null if no approval policy
    /// was met. A draft with an approval status does not change until it is recalled.
    pub approval_status: Option<&'static str>,
    /// The legal number; null until posted.
    pub number: Option<String>,
    pub posting_date: NaiveDate,
    pub document_date: Option<NaiveDate>,
    /// The day on which the entry is taken back: posting it posts the reversal of that day, too.
    pub reverse_on: Option<NaiveDate>,
    pub fiscal_period_id: Option<Uuid>,
    /// The currency of lines that do not name their own.
    pub currency: String,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub notes: Option<String>,
    /// The reason for posting to control accounts by hand.
    pub control_reason: Option<String>,
    /// The sum of the debits in the company currency; null for a draft.
    pub total: Option<String>,
    pub line_count: u32,
    pub reverses_id: Option<Uuid>,
    pub reversed_by_id: Option<Uuid>,
    pub recurring_entry_id: Option<Uuid>,
    /// The entry from which this one was copied.
    pub copied_from_id: Option<Uuid>,
    /// The latest copy. All copies are the entries with this `copiedFromId`.
    pub copied_to_id: Option<Uuid>,
    /// The document that the entry was made for; null for an entry made by hand. Such an entry is not reversed by itself.
    pub source: Option<EntrySourceView>,
    /// The user who created it; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    /// The user who posted it; null until it is posted, and if the product posted it.
    pub posted_by: Option<Uuid>,
    /// The moment at which it entered the ledger; null until posted.
    pub recorded_at: Option<String>,
    /// The entry's position in the journal's hash chain.
    pub chain_sequence: Option<i64>,
    /// The SHA-256 of this entry and the hash before it, hexadecimal.
    pub hash: Option<String>,
    pub version: i64,
    /// The lines. Lists have them only with `expand=lines`. At most 1,000 are shown; `/ledger-lines` has all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<EntryLineView>>,
    /// Warnings; only in the answer to the request that posted it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// The document that an entry was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntrySourceView {
    /// The kind of document: `allocation`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub id: Uuid,
}

impl From<EntrySource> for EntrySourceView {
    fn from(source: EntrySource) -> Self {
        Self { kind: source.kind.as_str(), id: source.id }
    }
}

/// One line of an entry. Amounts are decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryLineView {
    pub line_no: u32,
    pub account_id: Uuid,
    pub account_code: String,
    pub account_name: Option<NameView>,
    /// The debit in the line's currency. A line has either a debit or a credit.
    pub debit: Option<String>,
    pub credit: Option<String>,
    pub currency: String,
    /// Units of the company currency for one unit of the line's currency; null in a draft that takes the rate of the
    /// posting date.
    pub rate: Option<String>,
    /// The debit in the company currency; null in a draft.
    pub company_debit: Option<String>,
    pub company_credit: Option<String>,
    /// The values of dimensions: dimension code to value code.
    pub dimensions: BTreeMap<String, String>,
    pub description: Option<String>,
    pub party: Option<String>,
    pub due_date: Option<NaiveDate>,
    pub reference: Option<String>,
    pub tax_code: Option<String>,
    /// The amount before VAT, in the line's currency, of a line that is VAT itself.
    pub tax_base: Option<String>,
    /// Whether this line takes up the rounding difference left by currency conversion.
    pub rounding: bool,
}

/// One posted line of the ledger, together with its entry's header.
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
    /// The debit in the company currency.
    pub debit: String,
    pub credit: String,
    pub currency: String,
    pub currency_debit: String,
    pub currency_credit: String,
    pub rate: String,
    pub dimensions: BTreeMap<String, String>,
    /// The description of the line, or that of the entry if the line has none.
    pub description: Option<String>,
    pub party: Option<String>,
    pub due_date: Option<NaiveDate>,
    pub reference: Option<String>,
    pub tax_code: Option<String>,
    /// The amount before VAT, in the line's currency, of a line that is VAT itself.
    pub tax_base: Option<String>,
    /// The user who posted the entry; null if the product posted it.
    pub posted_by: Option<Uuid>,
    /// The name of that user.
    pub posted_by_name: Option<String>,
    #[schema(format = "date-time")]
    pub recorded_at: String,
}
