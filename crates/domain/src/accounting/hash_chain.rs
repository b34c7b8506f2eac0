//! The hash chain of posted entries (R5): whoever changes a posted entry breaks every hash after it.
//!
//! `hash(n) = SHA-256(hash(n-1) || canonical bytes of entry n)`, one chain per tenant and journal, starting from
//! [`GENESIS`].
//!
//! # Canonical bytes, version 1
//!
//! Integers are big-endian. A *text* is its length in bytes (u32) and its UTF-8. An *optional* value is the byte 0,
//! or the byte 1 and the value. An *id* is its 16 bytes. A *date* is its number YYYYMMDD (u32). An *amount* is its
//! ten-thousandths (i64), a *rate* its ten-thousand-millionths (i64), a *currency* its three letters.
//!
//! 1. the text `ledger-entry`, the version (u8 = 1)
//! 2. tenant id, journal id, chain sequence (i64), entry id
//! 3. number (text), kind (text), posting date, optional document date, recorded-at in microseconds (i64)
//! 4. fiscal period id, currency, optional description, optional control reason, optional id of the reversed entry
//! 5. number of lines (u32), then each line in order:
//!    line number (u32), account id, debit, credit, currency, debit and credit in that currency, rate,
//!    dimension set id, optional description, party, due date, reference, tax code, rounding (u8)
//!
//! The header's reference is left out, because R2 lets it change after posting, and so is the link to a later
//! reversal, which that reversal's own hash secures.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::journal_entry::{EntryHeader, PostedLine};
use crate::money::{Amount, CurrencyCode};
use crate::time::date_key;

/// What the first entry of a chain has as its predecessor's hash.
pub const GENESIS: [u8; 32] = [0; 32];

const MARK: &str = "ledger-entry";
const VERSION: u8 = 1;

/// The hash of an entry that follows the one with hash `previous`.
pub fn entry_hash(previous: &[u8; 32], header: &EntryHeader, lines: &[PostedLine]) -> [u8; 32] {
    let mut hasher = EntryHasher::new(previous, header, lines.len());
    for line in lines {
        hasher.line(line);
    }
    hasher.finish()
}

/// Takes an entry piece by piece, so that verifying a long one needs no memory for its lines.
pub struct EntryHasher(Sha256);

impl EntryHasher {
    /// Begins with the header; exactly `line_count` lines must follow.
    pub fn new(previous: &[u8; 32], header: &EntryHeader, line_count: usize) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.0.update(previous);
        hasher.text(MARK);
        hasher.0.update([VERSION]);
        hasher.id(header.tenant_id.uuid());
        hasher.id(header.journal_id.uuid());
        hasher.0.update(header.chain_sequence.to_be_bytes());
        hasher.id(header.id.uuid());
        hasher.text(&header.number);
        hasher.text(header.kind.as_str());
        hasher.date(header.posting_date);
        hasher.optional(header.document_date, Self::date);
        hasher.0.update(header.recorded_at.micros().to_be_bytes());
        hasher.id(header.fiscal_period_id.uuid());
        hasher.currency(header.currency);
        hasher.optional(header.description.as_deref(), Self::text);
        hasher.optional(header.control_reason.as_deref(), Self::text);
        hasher.optional(header.reverses.map(|id| id.uuid()), Self::id);
        hasher.count(line_count);
        hasher
    }

    /// The next line, in the order of the line numbers.
    pub fn line(&mut self, line: &PostedLine) {
        self.0.update(line.line_no.to_be_bytes());
        self.id(line.account.uuid());
        self.amount(line.debit);
        self.amount(line.credit);
        self.currency(line.currency);
        self.amount(line.currency_debit);
        self.amount(line.currency_credit);
        self.0.update(line.rate.scaled().to_be_bytes());
        self.id(line.dimension_set.uuid());
        self.optional(line.description.as_deref(), Self::text);
        self.optional(line.party.as_deref(), Self::text);
        self.optional(line.due_date, Self::date);
        self.optional(line.reference.as_deref(), Self::text);
        self.optional(line.tax_code.as_deref(), Self::text);
        self.0.update([u8::from(line.rounding)]);
    }

    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.0.update([u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
    }
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }
    fn id(&mut self, id: Uuid) {
        self.0.update(id.as_bytes());
    }
    fn date(&mut self, date: NaiveDate) {
        self.0.update(u32::try_from(date_key(date)).unwrap_or(0).to_be_bytes());
    }
    fn amount(&mut self, amount: Amount) {
        self.0.update(amount.scaled().to_be_bytes());
    }
    fn currency(&mut self, currency: CurrencyCode) {
        self.0.update(currency.as_str().as_bytes());
    }
    /// Every length is far below 2^32: texts and entries are limited long before.
    fn count(&mut self, count: usize) {
        self.0.update(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
    }
}

#[cfg(test)]
mod tests;
