//! The hash chain of posted entries (R5): whoever changes a posted entry breaks every hash after it.
//!
//! `hash(n) = SHA-256(hash(n-1) || canonical bytes of entry n)`, one chain per tenant and journal, starting from
//! [`GENESIS`]. The canonical bytes of both versions, for those who recompute them, are in `docs/INTEGRITY.md`.
//!
//! Integers are big-endian. A *text* is its length in bytes (u32) and its UTF-8. An *optional* value is the byte 0,
//! or the byte 1 and the value. An *id* is its 16 bytes. A *date* is its number YYYYMMDD (u32). An *amount* is its
//! ten-thousandths (i64), a *rate* its ten-thousand-millionths (i64), a *currency* its three letters, a *moment* its
//! microseconds since 1970 (i64).
//!
//! 1. the text `ledger-entry`, the version (u8)
//! 2. tenant id, journal id, chain sequence (i64), entry id
//! 3. number (text), kind (text), posting date, optional document date, moment of recording
//! 4. fiscal period id, currency, optional description, optional control reason, optional id of the reversed entry
//! 5. since version 2: moment of creation, optional id of the creator, optional id of the poster, optional id of the
//!    recurring entry, optional reason
//! 6. number of lines (u32), then each line in order:
//!    line number (u32), account id, debit, credit, currency, debit and credit in that currency, rate,
//!    dimension set id, since version 2 the number of its values (u32) and of each the dimension id and the value id in
//!    order of the dimension ids, optional description, party, due date, reference, tax code, rounding (u8)
//! 7. since version 2: of each extension the entry has its name (text) and its value (text), in order of the names:
//!    `copied-from`, the id of the original in small letters with hyphens; `source`, the kind of the document that the entry
//!    was made for, its id, and which of its entries it is, with colons between them; `tax-base`, of each line that has a base
//!    its number and its ten-thousandths with a colon between them, the lines in order with semicolons between them
//!
//! The header's reference and notes are left out, because R2 lets them change after posting, and so is the link to a
//! later reversal, which that reversal's own hash secures. Names and codes are left out because they may change; the ids
//! they stand for may not.

use std::collections::HashMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::dimension::DimensionCombination;
pub use super::journal_entry::HashVersion;
use super::journal_entry::{EntryHeader, EntryOrigin, EntrySource, PostedLine};
use crate::ids::DimensionSetId;
use crate::money::{Amount, CurrencyCode};
use crate::time::{Timestamp, date_key};

/// The predecessor's hash of the first entry of a chain.
pub const GENESIS: [u8; 32] = [0; 32];

const MARK: &str = "ledger-entry";

/// The values of the dimension sets on an entry's lines. The empty set need not be in it.
pub type DimensionSets = HashMap<DimensionSetId, DimensionCombination>;

/// The hash of an entry that follows the one with hash `previous`.
pub fn entry_hash(
    previous: &[u8; 32],
    header: &EntryHeader,
    lines: &[PostedLine],
    sets: &DimensionSets,
) -> [u8; 32] {
    let mut hasher = EntryHasher::new(previous, header, lines.len());
    for line in lines {
        hasher.line(line, combination(sets, line.dimension_set));
    }
    hasher.finish()
}

/// The values of a set; none of one that is not among `sets`.
pub fn combination(sets: &DimensionSets, set: DimensionSetId) -> &DimensionCombination {
    static EMPTY: DimensionCombination = DimensionCombination::EMPTY;
    if set.is_empty() { &EMPTY } else { sets.get(&set).unwrap_or(&EMPTY) }
}

/// Takes an entry piece by piece, so that verifying a long one needs no memory for its lines.
pub struct EntryHasher {
    sha: Sha256,
    version: HashVersion,
    extensions: Vec<(&'static str, String)>,
    /// The value of `tax-base`; empty without any.
    tax_bases: String,
}

/// The extensions, which only some entries have, in order of the names. An entry without one has the hash it would
/// have if there were no extensions, so a new kind needs no new version.
fn extensions(header: &EntryHeader) -> Vec<(&'static str, String)> {
    if header.hash_version < HashVersion::Two {
        return Vec::new();
    }
    let copied_from = header.origin.copied_from.map(|id| ("copied-from", id.uuid().hyphenated().to_string()));
    let source = header.source.map(|source| {
        let EntrySource { kind, id, part } = source;
        ("source", format!("{kind}:{}:{part}", id.hyphenated()))
    });
    copied_from.into_iter().chain(source).collect()
}

impl EntryHasher {
    /// Begins with the header; exactly `line_count` lines must follow.
    pub fn new(previous: &[u8; 32], header: &EntryHeader, line_count: usize) -> Self {
        let extensions = extensions(header);
        let (version, tax_bases) = (header.hash_version, String::new());
        let mut hasher = Self { sha: Sha256::new(), version, extensions, tax_bases };
        hasher.sha.update(previous);
        hasher.text(MARK);
        hasher.sha.update([header.hash_version.number()]);
        hasher.id(header.tenant_id.uuid());
        hasher.id(header.journal_id.uuid());
        hasher.sha.update(header.chain_sequence.to_be_bytes());
        hasher.id(header.id.uuid());
        hasher.text(&header.number);
        hasher.text(header.kind.as_str());
        hasher.date(header.posting_date);
        hasher.optional(header.document_date, Self::date);
        hasher.moment(header.recorded_at);
        hasher.id(header.fiscal_period_id.uuid());
        hasher.currency(header.currency);
        hasher.optional(header.description.as_deref(), Self::text);
        hasher.optional(header.control_reason.as_deref(), Self::text);
        hasher.optional(header.reverses.map(|id| id.uuid()), Self::id);
        if hasher.version >= HashVersion::Two {
            hasher.origin(&header.origin);
        }
        hasher.count(line_count);
        hasher
    }

    fn origin(&mut self, origin: &EntryOrigin) {
        self.moment(origin.created_at);
        self.optional(origin.created_by.map(|id| id.uuid()), Self::id);
        self.optional(origin.posted_by.map(|id| id.uuid()), Self::id);
        self.optional(origin.recurring_entry_id.map(|id| id.uuid()), Self::id);
        self.optional(origin.reason.as_deref(), Self::text);
    }

    /// The next line, in the order of the line numbers, with the values of its dimension set.
    pub fn line(&mut self, line: &PostedLine, dimensions: &DimensionCombination) {
        self.sha.update(line.line_no.to_be_bytes());
        self.id(line.account.uuid());
        self.amount(line.debit);
        self.amount(line.credit);
        self.currency(line.currency);
        self.amount(line.currency_debit);
        self.amount(line.currency_credit);
        self.sha.update(line.rate.scaled().to_be_bytes());
        self.id(line.dimension_set.uuid());
        if self.version >= HashVersion::Two {
            self.count(dimensions.pairs().len());
            for (dimension, value) in dimensions.pairs() {
                self.id(dimension.uuid());
                self.id(value.uuid());
            }
        }
        self.optional(line.details.description.as_deref(), Self::text);
        self.optional(line.details.party.as_deref(), Self::text);
        self.optional(line.details.due_date, Self::date);
        self.optional(line.details.reference.as_deref(), Self::text);
        self.optional(line.details.tax_code.as_deref(), Self::text);
        self.sha.update([u8::from(line.rounding)]);
        if let Some(base) = line.details.tax_base.filter(|_| self.version >= HashVersion::Two) {
            let separator = if self.tax_bases.is_empty() { "" } else { ";" };
            self.tax_bases.push_str(&format!("{separator}{}:{}", line.line_no, base.scaled()));
        }
    }

    pub fn finish(mut self) -> [u8; 32] {
        let tax_bases = Some(("tax-base", std::mem::take(&mut self.tax_bases)));
        let tax_bases = tax_bases.filter(|(_, value)| !value.is_empty());
        for (name, value) in std::mem::take(&mut self.extensions).into_iter().chain(tax_bases) {
            self.text(name);
            self.text(&value);
        }
        self.sha.finalize().into()
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.sha.update([u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
    }
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.sha.update(text.as_bytes());
    }
    fn id(&mut self, id: Uuid) {
        self.sha.update(id.as_bytes());
    }
    fn date(&mut self, date: NaiveDate) {
        self.sha.update(u32::try_from(date_key(date)).unwrap_or(0).to_be_bytes());
    }
    fn moment(&mut self, moment: Timestamp) {
        self.sha.update(moment.micros().to_be_bytes());
    }
    fn amount(&mut self, amount: Amount) {
        self.sha.update(amount.scaled().to_be_bytes());
    }
    fn currency(&mut self, currency: CurrencyCode) {
        self.sha.update(currency.as_str().as_bytes());
    }
    /// Every length is far below 2^32: texts and entries are limited long before.
    fn count(&mut self, count: usize) {
        self.sha.update(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
    }
}

#[cfg(test)]
mod tests;
