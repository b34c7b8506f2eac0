//! Tax entries: what the documents of the company say about its VAT, one line of a return at a time (R118).

use chrono::NaiveDate;
use uuid::Uuid;

use super::category::TaxCategory;
use crate::accounting::journal_entry::EntrySourceKind;
use crate::ids::{AccountId, Id, JournalEntryId};
use crate::money::{Amount, CurrencyCode, Percentage};
use crate::text::Code;

pub type TaxEntryId = Id<TaxEntry>;

crate::choices! {
    /// The side of a tax entry: VAT that is owed, or recovered.
    pub enum TaxSide {
        /// Owed on what is sold, and on services from abroad.
        Output = "output",
        /// Recovered on what is bought.
        Input = "input",
    }
}

/// The base and the tax of one document at one tax code. Entries are never changed and never deleted: a note and a reversal
/// make entries of their own, with negative amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxEntry {
    pub id: TaxEntryId,
    pub source_kind: EntrySourceKind,
    /// The document.
    pub source_id: Uuid,
    pub document_number: String,
    /// The journal entry of the document.
    pub entry: JournalEntryId,
    /// The code of the party.
    pub party: Option<String>,
    pub tax_code: String,
    pub category: TaxCategory,
    pub rate: Percentage,
    /// The VAT account on which the tax was posted; `None` where no tax was, or where it went into the cost.
    pub account: Option<AccountId>,
    pub side: TaxSide,
    /// `None` where the entry is part of no box: supplies out of scope, and VAT that is not recovered.
    pub return_box: Option<Code>,
    pub currency: CurrencyCode,
    pub currency_base: Amount,
    pub currency_tax: Amount,
    /// The base in the company currency, like the tax; both are negative for notes.
    pub base: Amount,
    pub tax: Amount,
    pub tax_date: NaiveDate,
    /// The day on which the tax was due, where the tax date is later: a return of a later period has the entry as late (R67).
    pub due_date: Option<NaiveDate>,
    pub posting_date: NaiveDate,
    /// The document that a note corrects.
    pub corrects: Option<Uuid>,
}

impl TaxEntry {
    /// The tax owed on the entry: output tax counts as it is, input tax is negated. `None` on overflow.
    pub fn owed(&self) -> Option<Amount> {
        match self.side {
            TaxSide::Output => Some(self.tax),
            TaxSide::Input => self.tax.checked_neg(),
        }
    }

    /// Whether a return that begins on the day should have had the entry before.
    pub fn is_due_before(&self, day: NaiveDate) -> bool {
        self.due_date.unwrap_or(self.tax_date).min(self.tax_date) < day
    }

    /// The entry with the other sign. `None` on overflow.
    pub fn negated(self) -> Option<Self> {
        let currency_base = self.currency_base.checked_neg()?;
        let currency_tax = self.currency_tax.checked_neg()?;
        let (base, tax) = (self.base.checked_neg()?, self.tax.checked_neg()?);
        Some(Self { currency_base, currency_tax, base, tax, ..self })
    }
}
