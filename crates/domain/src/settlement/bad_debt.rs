//! Relief of VAT on bad debts: when output VAT that nobody will pay may be taken back (R110).

use chrono::{Months, NaiveDate};

use crate::error::Violation;
use crate::money::Amount;

/// 100,000, in ten-thousandths.
const USUAL_PROOF_ABOVE: Amount = Amount::from_scaled(1_000_000_000);
/// Most months that a company sets.
pub const BAD_DEBT_MONTHS_MAX: i64 = 120;

crate::errors! {
    RELIEF_NOT_BAD_DEBT = "vat_relief_not_bad_debt", Conflict, User,
        "VAT is taken back of what customers owe and nobody will pay, and not of other write-offs.",
        "تُسترد الضريبة عما على العملاء ولن يُسدد، لا عن عمليات الشطب الأخرى.";
    RELIEF_TAKEN = "vat_relief_taken", Conflict, User,
        "The VAT of the write-off was taken back already.", "استُردت ضريبة عملية الشطب من قبل.";
    RELIEF_TOO_EARLY = "vat_relief_too_early", Rule, User,
        "{number} was supplied on {date}, so its VAT is taken back from {first} on, when it is unpaid for {months} months.",
        "وُرِّد {number} بتاريخ {date}، فتُسترد ضريبته من {first} عندما يمضي على عدم سداده {months} شهرًا.";
    RELIEF_BEFORE_WRITE_OFF = "vat_relief_before_write_off", Rule, User,
        "VAT is not taken back before the debt is written off, on {date}.",
        "لا تُسترد الضريبة قبل شطب الدين بتاريخ {date}.";
    RELIEF_INFORMED_LATE = "vat_relief_informed_late", Rule, User,
        "The customer is informed before the VAT is taken back, on {date} at the latest.",
        "يُبلَّغ العميل قبل استرداد الضريبة، في {date} على الأكثر.";
    RELIEF_PROOF_MISSING = "vat_relief_proof_missing", Rule, User,
        "Beyond {limit}, {amount} needs a proof of the claim, such as the number of a judgment.",
        "يحتاج المبلغ {amount} الذي يتجاوز {limit} إلى إثبات للمطالبة، مثل رقم حكم قضائي.";
    RELIEF_NO_VAT = "vat_relief_no_vat", Conflict, User,
        "Nothing that was written off bears VAT of an invoice.", "لا يحمل أي مما شُطب ضريبة فاتورة.";
    RELIEF_AMOUNT_NEGATIVE = "bad_debt_proof_negative", Rule, User,
        "The amount beyond which a proof is needed is not negative.", "لا يكون المبلغ الذي يُطلب بعده الإثبات سالبًا.";
}

/// The conditions under which VAT of a bad debt is taken back.
///
/// Source: VAT Implementing Regulations of Saudi Arabia, Article 40 (7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadDebtRelief {
    /// Months after the supply.
    pub months: u32,
    /// The debt beyond which a proof is needed, in the company currency.
    pub proof_above: Amount,
}

impl Default for BadDebtRelief {
    /// Twelve months, and a proof beyond 100,000.
    fn default() -> Self {
        Self { months: 12, proof_above: USUAL_PROOF_ABOVE }
    }
}

impl BadDebtRelief {
    /// The first day on which VAT of what was supplied on a day is taken back; at the member `/date`.
    pub fn check_date(&self, supplied: NaiveDate, date: NaiveDate, number: &str) -> Result<(), Violation> {
        let first = supplied.checked_add_months(Months::new(self.months)).unwrap_or(NaiveDate::MAX);
        if date >= first {
            return Ok(());
        }
        let early = Violation::new(&RELIEF_TOO_EARLY).at("/date").with("number", number);
        Err(early.with("date", supplied).with("first", first).with("months", self.months))
    }

    /// Whether the debt needs a proof that is not there; at the member `/proofReference`.
    pub fn check_proof(&self, debt: Amount, proof: Option<&str>, scale: u8) -> Result<(), Violation> {
        if debt <= self.proof_above || proof.is_some() {
            return Ok(());
        }
        let missing = Violation::new(&RELIEF_PROOF_MISSING).at("/proofReference");
        Err(missing.with("limit", self.proof_above.display(scale)).with("amount", debt.display(scale)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_date;

    #[test]
    fn vat_is_taken_back_after_twelve_months() {
        let supplied = parse_date("2026-03-01").unwrap();
        let on = |day| BadDebtRelief::default().check_date(supplied, parse_date(day).unwrap(), "INV-1");
        assert_eq!(on("2027-02-28").unwrap_err().def, &RELIEF_TOO_EARLY);
        assert!(on("2027-03-01").is_ok());
    }

    #[test]
    fn large_debts_need_a_proof() {
        let check =
            |debt: &str, proof| BadDebtRelief::default().check_proof(Amount::parse(debt).unwrap(), proof, 2);
        assert!(check("100000.00", None).is_ok());
        assert_eq!(check("100000.01", None).unwrap_err().def, &RELIEF_PROOF_MISSING);
        assert!(check("100000.01", Some("Judgment 12/1448")).is_ok());
    }
}
