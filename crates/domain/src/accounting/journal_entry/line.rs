//! Lines of drafts and of posted entries.

use chrono::NaiveDate;

use super::LINE_NEEDS_ONE_SIDE;
use crate::accounting::dimension::DimensionCombination;
use crate::error::Violation;
use crate::ids::{AccountId, DimensionSetId};
use crate::money::{Amount, CurrencyCode, Rate};

/// One side and its amount, in the line's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineAmount {
    Debit(Amount),
    Credit(Amount),
}

impl LineAmount {
    /// Reads the amount from two columns, one of which is absent or zero (R6); violations point at `/debit`.
    pub fn from_columns(debit: Option<Amount>, credit: Option<Amount>) -> Result<Self, Violation> {
        let given = |amount: Option<Amount>| amount.filter(|amount| !amount.is_zero());
        match (given(debit), given(credit)) {
            (Some(amount), None) => Ok(Self::Debit(amount)),
            (None, Some(amount)) => Ok(Self::Credit(amount)),
            _ => Err(Violation::new(&LINE_NEEDS_ONE_SIDE).at("/debit")),
        }
    }

    /// A signed balance, debit positive; `None` when it is zero or cannot be negated.
    pub fn from_balance(balance: Amount) -> Option<Self> {
        if balance.is_positive() {
            return Some(Self::Debit(balance));
        }
        balance.checked_neg().filter(|amount| amount.is_positive()).map(Self::Credit)
    }

    pub const fn amount(self) -> Amount {
        match self {
            Self::Debit(amount) | Self::Credit(amount) => amount,
        }
    }

    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Debit(amount) => Self::Credit(amount),
            Self::Credit(amount) => Self::Debit(amount),
        }
    }

    /// Keeps the side and replaces the amount.
    #[must_use]
    pub const fn with(self, amount: Amount) -> Self {
        match self {
            Self::Debit(_) => Self::Debit(amount),
            Self::Credit(_) => Self::Credit(amount),
        }
    }

    /// Debit and credit as two columns.
    pub const fn columns(self) -> (Amount, Amount) {
        match self {
            Self::Debit(amount) => (amount, Amount::ZERO),
            Self::Credit(amount) => (Amount::ZERO, amount),
        }
    }

    /// The field of the line that holds the amount.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Debit(_) => "debit",
            Self::Credit(_) => "credit",
        }
    }
}

/// The details of a line beside its account, amounts and dimensions; they go from the input into the ledger unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineDetails {
    pub description: Option<String>,
    pub party: Option<String>,
    pub due_date: Option<NaiveDate>,
    pub reference: Option<String>,
    pub tax_code: Option<String>,
    /// The amount before tax, in the line's currency, of a line that is tax itself.
    pub tax_base: Option<Amount>,
}

impl LineDetails {
    pub const NONE: Self = Self {
        description: None,
        party: None,
        due_date: None,
        reference: None,
        tax_code: None,
        tax_base: None,
    };
}

/// A line of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    pub account: AccountId,
    pub amount: LineAmount,
    /// `None` is the entry's currency.
    pub currency: Option<CurrencyCode>,
    /// `None` is the rate of the posting date.
    pub rate: Option<Rate>,
    /// In the company currency, positive, on the same side; `None` is converted at the rate (R7).
    pub company_amount: Option<Amount>,
    pub dimensions: DimensionCombination,
    /// The stored combination equal to `dimensions`.
    pub dimension_set: DimensionSetId,
    pub details: LineDetails,
}

impl NewLine {
    /// A line in the entry's currency with nothing else given.
    pub const fn new(account: AccountId, amount: LineAmount) -> Self {
        Self {
            account,
            amount,
            currency: None,
            rate: None,
            company_amount: None,
            dimensions: DimensionCombination::EMPTY,
            dimension_set: DimensionSetId::EMPTY,
            details: LineDetails::NONE,
        }
    }
}

/// A line of a posted entry; never changes again (R5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedLine {
    /// The number of the line, from 1, in the order of the entry.
    pub line_no: u32,
    pub account: AccountId,
    /// In the company currency; exactly one of debit and credit is greater than zero.
    pub debit: Amount,
    pub credit: Amount,
    pub currency: CurrencyCode,
    /// The amount in the line's currency, on the same side.
    pub currency_debit: Amount,
    pub currency_credit: Amount,
    pub rate: Rate,
    pub dimension_set: DimensionSetId,
    pub details: LineDetails,
    /// The line that took up the residue of conversion (R7).
    pub rounding: bool,
}

impl PostedLine {
    /// The line as a draft would have it, rate and company amount given. Its dimensions are named by their set alone.
    pub fn into_draft(self) -> NewLine {
        NewLine {
            account: self.account,
            amount: self.currency_amount(),
            currency: Some(self.currency),
            rate: Some(self.rate),
            company_amount: Some(self.company_amount().amount()),
            dimensions: DimensionCombination::EMPTY,
            dimension_set: self.dimension_set,
            details: self.details,
        }
    }

    /// The line in its own currency.
    pub fn currency_amount(&self) -> LineAmount {
        if self.currency_debit.is_zero() {
            LineAmount::Credit(self.currency_credit)
        } else {
            LineAmount::Debit(self.currency_debit)
        }
    }

    /// The line in the company currency.
    pub fn company_amount(&self) -> LineAmount {
        if self.debit.is_zero() { LineAmount::Credit(self.credit) } else { LineAmount::Debit(self.debit) }
    }
}
