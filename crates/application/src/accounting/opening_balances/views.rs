//! The opening balances as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounting::views::journal_entry::JournalEntryView;

/// The entries that opened the books, and what they leave on the opening account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpeningBalancesView {
    /// The account through which opening entries are balanced; null while the ledger settings name none.
    pub opening_account_id: Option<Uuid>,
    /// The balance of the opening account in the company currency, positive if it is a debit. It is zero once all opening
    /// balances are there.
    pub opening_account_balance: String,
    /// Whether the opening account is at zero.
    pub complete: bool,
    /// The opening entries that are posted and not reversed, the latest first, without their lines; at most 1,000.
    pub entries: Vec<JournalEntryView>,
}
