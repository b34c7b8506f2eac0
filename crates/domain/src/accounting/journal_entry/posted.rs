//! Entries that passed every rule, and entries in the ledger.

use chrono::NaiveDate;

use super::header::{EntryHeader, EntryOrigin, HashVersion};
use super::{EntryKind, EntrySource, EntryStatus, LINES_MIN, NewEntry, POSTED_ENTRY_CORRUPT, PostedLine};
use crate::accounting::hash_chain::{self, DimensionSets};
use crate::error::Violation;
use crate::ids::{FiscalPeriodId, JournalEntryId, JournalId, TenantId};
use crate::money::Amount;
use crate::time::Timestamp;

/// An entry that may be posted: balanced, in an open period, on accounts that take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatedEntry {
    /// The content of the draft; its lines are in `lines`.
    pub(super) content: NewEntry,
    pub(super) fiscal_period_id: FiscalPeriodId,
    pub(super) reverses_opening: bool,
    pub(super) source: Option<EntrySource>,
    pub(super) lines: Vec<PostedLine>,
}

/// The place of an entry in the chain of its tenant and journal (R5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainLink {
    pub tenant_id: TenantId,
    /// The position in the chain, from 1, without gaps.
    pub sequence: i64,
    /// The hash of the entry before; [`hash_chain::GENESIS`] for the first.
    pub previous_hash: [u8; 32],
}

/// An entry in the ledger. Its lines balance, whether it was just posted or read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    header: EntryHeader,
    previous_hash: [u8; 32],
    hash: [u8; 32],
    reversed_by: Option<JournalEntryId>,
    lines: Vec<PostedLine>,
}

impl ValidatedEntry {
    pub fn id(&self) -> JournalEntryId {
        self.content.id
    }
    pub fn journal_id(&self) -> JournalId {
        self.content.journal_id
    }
    pub fn kind(&self) -> EntryKind {
        self.content.kind
    }
    pub fn posting_date(&self) -> NaiveDate {
        self.content.posting_date
    }
    pub fn fiscal_period_id(&self) -> FiscalPeriodId {
        self.fiscal_period_id
    }
    /// The lines as they will be posted; a rounding line comes last.
    pub fn lines(&self) -> &[PostedLine] {
        &self.lines
    }
    /// Whether the entry holds opening balances or takes them back: its amounts are older than the books.
    pub fn is_opening(&self) -> bool {
        self.kind() == EntryKind::Opening || self.reverses_opening
    }
    /// The document that it is made for.
    pub fn source(&self) -> Option<EntrySource> {
        self.source
    }
    /// The entry that it reverses.
    pub fn reverses(&self) -> Option<JournalEntryId> {
        self.content.reverses
    }
    /// Why the other entry is reversed, when this one reverses one (R4).
    pub fn reversal_reason(&self) -> Option<&str> {
        self.content.reverses.and(self.content.control_reason.as_deref())
    }

    /// Writes the entry into the chain. The number is the last thing assigned (R14). `sets` holds the values of every
    /// dimension set on the lines.
    pub fn post(
        self,
        number: String,
        recorded_at: Timestamp,
        chain: ChainLink,
        origin: EntryOrigin,
        sets: &DimensionSets,
    ) -> PostedEntry {
        let content = self.content;
        let header = EntryHeader {
            tenant_id: chain.tenant_id,
            id: content.id,
            journal_id: content.journal_id,
            kind: content.kind,
            number,
            posting_date: content.posting_date,
            document_date: content.document_date,
            currency: content.currency,
            description: content.description,
            reference: content.reference,
            control_reason: content.control_reason,
            reverses: content.reverses,
            fiscal_period_id: self.fiscal_period_id,
            recorded_at,
            chain_sequence: chain.sequence,
            hash_version: HashVersion::CURRENT,
            source: self.source,
            origin,
        };
        let previous_hash = chain.previous_hash;
        let hash = hash_chain::entry_hash(&previous_hash, &header, &self.lines, sets);
        PostedEntry { header, previous_hash, hash, reversed_by: None, lines: self.lines }
    }
}

impl PostedEntry {
    /// A posted entry as stored; `posted_entry_corrupt` when it breaks R6. Its hash is checked by
    /// [`PostedEntry::hash_is_intact`].
    pub fn from_stored(
        header: EntryHeader,
        (previous_hash, hash): ([u8; 32], [u8; 32]),
        reversed_by: Option<JournalEntryId>,
        lines: Vec<PostedLine>,
    ) -> Result<Self, Violation> {
        let balance: i128 =
            lines.iter().map(|l| i128::from(l.debit.scaled()) - i128::from(l.credit.scaled())).sum();
        let one_side = |l: &PostedLine| {
            (l.debit.is_positive() && l.credit.is_zero()) || (l.credit.is_positive() && l.debit.is_zero())
        };
        if balance != 0 || lines.len() < LINES_MIN || !lines.iter().all(one_side) {
            return Err(Violation::new(&POSTED_ENTRY_CORRUPT).with("number", header.number));
        }
        Ok(Self { header, previous_hash, hash, reversed_by, lines })
    }

    pub fn header(&self) -> &EntryHeader {
        &self.header
    }
    pub fn id(&self) -> JournalEntryId {
        self.header.id
    }
    pub fn number(&self) -> &str {
        &self.header.number
    }
    pub fn lines(&self) -> &[PostedLine] {
        &self.lines
    }
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
    pub fn previous_hash(&self) -> &[u8; 32] {
        &self.previous_hash
    }
    /// The header, the hash and the lines, to be shown.
    pub fn into_parts(self) -> (EntryHeader, [u8; 32], Vec<PostedLine>) {
        (self.header, self.hash, self.lines)
    }
    /// The sum of the debits, in the company currency.
    pub fn total(&self) -> Amount {
        Amount::sum(self.lines.iter().map(|line| line.debit)).unwrap_or_default()
    }
    pub fn reversed_by(&self) -> Option<JournalEntryId> {
        self.reversed_by
    }

    /// Posted, or reversed once another entry undid it.
    pub fn status(&self) -> EntryStatus {
        if self.reversed_by.is_some() { EntryStatus::Reversed } else { EntryStatus::Posted }
    }

    /// Whether the content still gives the hash that was stored with it (R5).
    pub fn hash_is_intact(&self, sets: &DimensionSets) -> bool {
        hash_chain::entry_hash(&self.previous_hash, &self.header, &self.lines, sets) == self.hash
    }
}
