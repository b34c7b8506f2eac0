//! Notes that take back parts of a document (R65).

use super::document::Group;
use crate::error::Violation;
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount};

crate::errors! {
    CREDIT_EXCEEDS_DOCUMENT = "credit_exceeds_document", Rule, User,
        "The note takes back {taxable} of category {category} at {rate} %, but only {left} is left of the document.",
        "يسترد الإشعار {taxable} من الفئة {category} بنسبة {rate}%، ولم يتبق من المستند إلا {left}.";
}

/// Taxable amount and VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taxed {
    pub taxable: Amount,
    pub vat: Amount,
}

/// The VAT of a note's group: what the note itself comes to, never more than the document has left, and all of that when the
/// note takes back the last of the taxable amount. So a document that is taken back in any number of parts ends at zero.
///
/// `document` is the group that the note corrects, `credited` the sum of the notes before it.
pub fn note_vat(document: &Group, credited: Taxed, note: Taxed) -> Result<Amount, Violation> {
    let too_large = || Violation::new(&AMOUNT_OUT_OF_RANGE);
    let taxable_left = document.taxable.checked_sub(credited.taxable).ok_or_else(too_large)?;
    let vat_left = document.vat.checked_sub(credited.vat).ok_or_else(too_large)?;
    if note.taxable > taxable_left {
        return Err(Violation::new(&CREDIT_EXCEEDS_DOCUMENT)
            .with("taxable", note.taxable.display(2))
            .with("category", document.category)
            .with("rate", document.rate)
            .with("left", taxable_left.display(2)));
    }
    Ok(if note.taxable == taxable_left { vat_left } else { note.vat.min(vat_left) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Percentage;
    use crate::tax::category::TaxCategory;

    fn amount(hundredths: i64) -> Amount {
        Amount::from_scaled(hundredths * 100)
    }

    fn taxed(taxable: Amount, rate: Percentage) -> Taxed {
        Taxed { taxable, vat: rate.of(taxable, 2).unwrap() }
    }

    fn group(taxable: Amount, rate: Percentage) -> Group {
        let Taxed { taxable, vat } = taxed(taxable, rate);
        let (category, zero) = (TaxCategory::Standard, Amount::ZERO);
        Group {
            category,
            rate,
            reason: None,
            lines_net: taxable,
            discount: zero,
            charges: zero,
            taxable,
            vat,
        }
    }

    /// The VAT of each note in turn, or why it was refused.
    fn notes(document: &Group, taken: &[i64]) -> Vec<Result<Amount, &'static str>> {
        let mut credited = Taxed { taxable: Amount::ZERO, vat: Amount::ZERO };
        let note = |taxable: &i64| {
            let own = taxed(amount(*taxable), document.rate);
            let vat = note_vat(document, credited, own).map_err(|refused| refused.def.code)?;
            credited.taxable = credited.taxable.checked_add(own.taxable).unwrap();
            credited.vat = credited.vat.checked_add(vat).unwrap();
            Ok(vat)
        };
        taken.iter().map(note).collect()
    }

    /// T19: three lines of 0.10 with a VAT of 0.05, taken back one by one.
    #[test]
    fn the_last_note_takes_back_what_is_left() {
        let rate = Percentage::parse("15").unwrap();
        let document = group(amount(30), rate);
        assert_eq!(document.vat, amount(5));
        assert_eq!(notes(&document, &[10, 10, 10]), [Ok(amount(2)), Ok(amount(2)), Ok(amount(1))]);
        assert_eq!(notes(&document, &[20, 11]), [Ok(amount(3)), Err("credit_exceeds_document")]);
    }

    /// Ten notes that each round up would take back more VAT than there is.
    #[test]
    fn rounding_up_never_takes_back_more_than_is_left() {
        let document = group(amount(100), Percentage::parse("15").unwrap());
        let vat = notes(&document, &[10; 10]).into_iter().map(Result::unwrap);
        assert_eq!(Amount::sum(vat), Some(amount(15)));
    }

    proptest! {
        #[test]
        fn a_document_that_is_taken_back_whole_ends_at_zero(
            taken in prop::collection::vec(1_i64..1_000_000, 1..12),
            rate in 0_i64..=1_000_000,
        ) {
            let document = group(amount(taken.iter().sum()), Percentage::from_scaled(rate).unwrap());
            let vat: Vec<Amount> = notes(&document, &taken).into_iter().map(Result::unwrap).collect();
            prop_assert!(vat.iter().all(|vat| !vat.is_negative()));
            prop_assert_eq!(Amount::sum(vat), Some(document.vat));
        }
    }
}
