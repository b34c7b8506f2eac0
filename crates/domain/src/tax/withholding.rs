//! Tax that is withheld from payments to suppliers abroad (R68), and the monthly return that declares it.

use chrono::{Datelike, Days, Months, NaiveDate};
use uuid::Uuid;

use crate::error::Violation;
use crate::ids::{AccountId, Id, JournalEntryId};
use crate::money::{Amount, CurrencyCode, Percentage};

#[derive(Debug)]
pub enum WithholdingReturn {}
pub type WithholdingReturnId = Id<WithholdingReturn>;
pub type WithholdingEntryId = Id<WithholdingEntry>;

/// The day of the next month by which a month is declared.
pub const WITHHOLDING_DUE_DAY: u64 = 10;

crate::errors! {
    WITHHOLDING_NOT_TAKEN = "withholding_not_taken", Rule, User,
        "Tax is withheld from payments to suppliers only.", "لا تُستقطع الضريبة إلا من المدفوعات إلى الموردين.";
    WITHHOLDING_CODE_MISSING = "withholding_code_missing", Rule, User,
        "Supplier {party} has no tax code for what is withheld: name withholdingTaxCode.",
        "ليس للمورد {party} رمز ضريبة استقطاع: اذكر withholdingTaxCode.";
    WITHHOLDING_CODE_UNUSED = "withholding_code_unused", Rule, User,
        "No tax is withheld from this payment, so it has no {member}.", "لا تُستقطع ضريبة من هذه الدفعة، فليس لها {member}.";
    WITHHOLDING_MONTH_INVALID = "withholding_month_invalid", Rule, User,
        "A month is written as 2026-03.", "يُكتب الشهر هكذا 2026-03.";
    WITHHOLDING_MONTH_EXISTS = "withholding_month_exists", Conflict, User,
        "There is a withholding tax return for {month} already: {id}.",
        "يوجد إقرار ضريبة استقطاع لشهر {month} بالفعل: {id}.";
    WITHHOLDING_MONTH_ORDER = "withholding_month_order", Conflict, User,
        "Withholding tax returns are filed in the order of their months; {month} comes first.",
        "تقدَّم إقرارات ضريبة الاستقطاع بترتيب أشهرها؛ ويأتي {month} أولًا.";
    WITHHOLDING_MONTH_NOT_ENDED = "withholding_month_not_ended", Rule, User,
        "A month is declared when it is over; this one ends on {date}.", "يُقر بالشهر بعد انتهائه؛ وينتهي هذا الشهر في {date}.";
    WITHHOLDING_RETURN_FILED = "withholding_return_filed", Conflict, User,
        "The withholding tax return is filed and does not change any more.",
        "إقرار ضريبة الاستقطاع مقدَّم ولا يتغير بعد الآن.";
    WITHHOLDING_RETURN_OUTDATED = "withholding_return_outdated", Conflict, User,
        "Payments were posted or reversed since the return was prepared. Prepare it again and look at its figures.",
        "رُحّلت مدفوعات أو عُكست بعد إعداد الإقرار. أعد إعداده وراجع أرقامه.";
}

/// A payment and the tax that is withheld from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withheld {
    pub gross: Amount,
    pub tax: Amount,
    /// The amount paid to the supplier.
    pub net: Amount,
}

impl Withheld {
    /// The tax on what a supplier is paid. `None` on overflow.
    pub fn from(gross: Amount, rate: Percentage, scale: u8) -> Option<Self> {
        let tax = rate.of(gross, scale)?;
        Some(Self { gross, tax, net: gross.checked_sub(tax)? })
    }

    /// The payment of which the supplier gets `net` after tax, which the payer bears. `None` on overflow and at 100 per cent.
    pub fn grossed_up(net: Amount, rate: Percentage, scale: u8) -> Option<Self> {
        let gross = rate.before(net, scale)?;
        Some(Self { gross, tax: gross.checked_sub(net)?, net })
    }
}

/// The base and the tax of one payment. Entries are never changed: a reversed payment adds one with negative amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithholdingEntry {
    pub id: WithholdingEntryId,
    pub payment: Uuid,
    /// The number of the payment.
    pub document_number: String,
    pub entry: JournalEntryId,
    /// The account on which the tax is owed.
    pub account: AccountId,
    /// The code of the supplier.
    pub party: String,
    pub tax_code: String,
    pub rate: Percentage,
    pub currency: CurrencyCode,
    pub currency_base: Amount,
    pub currency_tax: Amount,
    /// The base in the company currency, like the tax.
    pub base: Amount,
    pub tax: Amount,
    pub payment_date: NaiveDate,
}

impl WithholdingEntry {
    /// The entry with the other sign. `None` on overflow.
    pub fn negated(self) -> Option<Self> {
        let currency_base = self.currency_base.checked_neg()?;
        let currency_tax = self.currency_tax.checked_neg()?;
        let (base, tax) = (self.base.checked_neg()?, self.tax.checked_neg()?);
        Some(Self { currency_base, currency_tax, base, tax, ..self })
    }
}

/// The tax withheld from one supplier at one tax code, in the company currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithholdingSum {
    pub party: String,
    pub tax_code: String,
    pub rate: Percentage,
    pub base: Amount,
    pub tax: Amount,
    pub count: u64,
}

/// The month that a return declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WithholdingMonth {
    first: NaiveDate,
    last: NaiveDate,
}

impl WithholdingMonth {
    /// `2026-03`
    pub fn parse(text: &str) -> Result<Self, Violation> {
        Self::read(text).ok_or_else(|| Violation::new(&WITHHOLDING_MONTH_INVALID))
    }

    fn read(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        Self::of(NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?)
    }

    /// The month of a day. `None` at the end of time.
    pub fn of(date: NaiveDate) -> Option<Self> {
        let first = date.with_day(1)?;
        let last = first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?;
        Some(Self { first, last })
    }

    pub const fn first(self) -> NaiveDate {
        self.first
    }
    pub const fn last(self) -> NaiveDate {
        self.last
    }
    /// The day by which it is declared.
    pub fn due(self) -> NaiveDate {
        self.last.checked_add_days(Days::new(WITHHOLDING_DUE_DAY)).unwrap_or(self.last)
    }
}

impl std::fmt::Display for WithholdingMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

crate::choices! {
    /// The status of a withholding tax return.
    pub enum WithholdingReturnStatus {
        /// The return may be prepared again, and deleted.
        Draft = "draft",
        /// The return is declared to the authority and does not change any more.
        Filed = "filed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn a_month_is_read_and_declared_by_the_tenth_of_the_next() {
        let month = WithholdingMonth::parse("2026-12").unwrap();
        assert_eq!(
            (month.first().to_string(), month.last().to_string()),
            ("2026-12-01".into(), "2026-12-31".into())
        );
        assert_eq!((month.due().to_string(), month.to_string()), ("2027-01-10".into(), "2026-12".into()));
        for text in ["", "2026", "2026-13", "2026-3", "2026-Q1", "26-03", "2026-03-01"] {
            assert_eq!(WithholdingMonth::parse(text).unwrap_err().def, &WITHHOLDING_MONTH_INVALID, "{text}");
        }
    }

    #[test]
    fn tax_is_withheld_from_a_payment_or_borne_by_the_payer() {
        let rate = |text: &str| Percentage::parse(text).unwrap();
        let withheld = Withheld::from(amount("20000"), rate("5"), 2).unwrap();
        assert_eq!((withheld.tax, withheld.net), (amount("1000"), amount("19000")));
        for (net, percent, gross, tax) in [
            ("8500", "15", "10000", "1500"),
            ("10000", "5", "10526.32", "526.32"),
            ("10000", "20", "12500", "2500"),
        ] {
            let withheld = Withheld::grossed_up(amount(net), rate(percent), 2).unwrap();
            assert_eq!((withheld.gross, withheld.tax), (amount(gross), amount(tax)), "{net} {percent}");
        }
    }
}
