//! Open items: lines of receivable and payable accounts, as far as nothing has settled them (R101).

use chrono::NaiveDate;

use super::early_discount::EarlyDiscount;
use crate::ids::{AccountId, Id, JournalEntryId};
use crate::money::{Amount, CurrencyCode};

pub type OpenItemId = Id<OpenItem>;

/// A posted line of a receivable or payable account and what is left of it. Amounts are debits if positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    pub id: OpenItemId,
    pub account: AccountId,
    /// The code of the party.
    pub party: String,
    pub entry: JournalEntryId,
    pub line_no: u32,
    pub posting_date: NaiveDate,
    /// The day on which it falls due: that of the line, or else the posting date.
    pub due_date: NaiveDate,
    pub currency: CurrencyCode,
    pub amount: Amount,
    pub company_amount: Amount,
    /// The part that no allocation has settled. It has the sign of `amount`, or is zero.
    pub open_amount: Amount,
    pub open_company_amount: Amount,
    /// The date of the allocation that settled the rest.
    pub settled_on: Option<NaiveDate>,
    /// The discount for paying early.
    pub discount: Option<EarlyDiscount>,
}

impl OpenItem {
    /// Whether it is a debit: an invoice to a customer, a payment to a supplier.
    pub fn is_debit(&self) -> bool {
        self.amount.is_positive()
    }

    /// Whether nothing of it has been settled.
    pub fn is_whole(&self) -> bool {
        self.open_amount == self.amount
    }

    /// The company currency value of `amount` of it. The last part takes the remainder, so that both open amounts become zero
    /// together (R103).
    pub fn company_part(&self, amount: Amount, company_scale: u8) -> Option<Amount> {
        let (open, company) = (self.open_amount.abs(), self.open_company_amount.abs());
        if amount == open { Some(company) } else { company.share(amount, open, company_scale) }
    }

    /// Takes `amount` off what is open, and `company` off what is open in the company currency. Both are magnitudes, and no
    /// larger than what is open.
    pub fn release(&mut self, amount: Amount, company: Amount, date: NaiveDate) -> Option<()> {
        self.move_open(amount, company, Amount::checked_sub)?;
        self.settled_on = self.settled_on.max(Some(date)).filter(|_| self.open_amount.is_zero());
        Some(())
    }

    /// Gives back what an allocation took.
    pub fn restore(&mut self, amount: Amount, company: Amount) -> Option<()> {
        self.move_open(amount, company, Amount::checked_add)?;
        self.settled_on = None;
        Some(())
    }

    fn move_open(
        &mut self,
        amount: Amount,
        company: Amount,
        step: fn(Amount, Amount) -> Option<Amount>,
    ) -> Option<()> {
        let signed = |value: Amount| if self.is_debit() { Some(value) } else { value.checked_neg() };
        let (amount, company) = (signed(amount)?, signed(company)?);
        self.open_amount = step(self.open_amount, amount)?;
        self.open_company_amount = step(self.open_company_amount, company)?;
        Some(())
    }
}
