//! The header of an entry in the ledger.

use chrono::NaiveDate;

use super::{EntryKind, EntrySource, NewEntry};
use crate::ids::{FiscalPeriodId, JournalEntryId, JournalId, RecurringEntryId, TenantId, UserId};
use crate::money::CurrencyCode;
use crate::time::Timestamp;

/// Which bytes a hash is made of. A chain may hold entries of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HashVersion {
    /// The bytes without origin and dimension values.
    One = 1,
    Two = 2,
}

impl HashVersion {
    /// The version of entries that are posted now.
    pub const CURRENT: Self = Self::Two;

    pub const fn number(self) -> u8 {
        self as u8
    }

    pub fn from_number(number: i64) -> Option<Self> {
        [Self::One, Self::Two].into_iter().find(|version| i64::from(version.number()) == number)
    }
}

/// Who made an entry, from what, and why. Nothing of it changes after posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryOrigin {
    /// The moment of creation; an entry posted at once is created as it is recorded.
    pub created_at: Timestamp,
    /// `None` for what the product makes by itself.
    pub created_by: Option<UserId>,
    pub posted_by: Option<UserId>,
    pub recurring_entry_id: Option<RecurringEntryId>,
    pub copied_from: Option<JournalEntryId>,
    /// Why another entry was reversed; only of a reversal.
    pub reason: Option<String>,
}

/// The header of a posted entry: everything but its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryHeader {
    pub tenant_id: TenantId,
    pub id: JournalEntryId,
    pub journal_id: JournalId,
    pub kind: EntryKind,
    pub number: String,
    pub posting_date: NaiveDate,
    pub document_date: Option<NaiveDate>,
    pub currency: CurrencyCode,
    pub description: Option<String>,
    /// May still change after posting (R2), so it is not part of the hash.
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    pub reverses: Option<JournalEntryId>,
    pub fiscal_period_id: FiscalPeriodId,
    pub recorded_at: Timestamp,
    pub chain_sequence: i64,
    /// Which bytes its hash is made of.
    pub hash_version: HashVersion,
    /// The document that it was made for.
    pub source: Option<EntrySource>,
    pub origin: EntryOrigin,
}

impl EntryHeader {
    /// The draft that it was, without its lines.
    pub fn into_content(self) -> NewEntry {
        NewEntry {
            id: self.id,
            journal_id: self.journal_id,
            kind: self.kind,
            posting_date: self.posting_date,
            document_date: self.document_date,
            currency: self.currency,
            description: self.description,
            reference: self.reference,
            control_reason: self.control_reason,
            reverses: self.reverses,
            lines: Vec::new(),
        }
    }
}
