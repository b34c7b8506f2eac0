//! Barcodes of items (R53): GTINs of 8, 12, 13 or 14 digits with their check digit, and codes of one's own.

use super::unit::UnitId;
use crate::error::Violation;
use crate::text::Code;

/// Digits of the longest GTIN, in which all are compared.
pub const GTIN_LENGTH: usize = 14;
const GTIN_LENGTHS: [usize; 4] = [8, 12, 13, GTIN_LENGTH];

crate::errors! {
    BARCODE_INVALID = "barcode_invalid", Rule, User,
        "'{value}' is not a GTIN: 8, 12, 13 or 14 digits, of which the last one is the right check digit.",
        "'{value}' ليس رقم GTIN صحيحًا: 8 أو 12 أو 13 أو 14 رقمًا يكون آخرها رقم التحقق الصحيح.";
    BARCODE_TAKEN = "barcode_taken", Conflict, User,
        "Barcode {value} belongs to item {item}.", "الباركود {value} يخص الصنف {item}.";
    BARCODE_REPEATED = "barcode_repeated", Rule, User,
        "Barcode {value} is there twice.", "الباركود {value} مكرر.";
}

crate::choices! {
    /// The issuer of a barcode.
    pub enum BarcodeKind {
        /// A GTIN of GS1: EAN, UPC or ITF-14.
        Gtin = "gtin",
        /// A code of the tenant's own, without a check digit.
        Internal = "internal",
    }
}

/// A barcode of an item, in one of its units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barcode {
    pub code: Code,
    pub kind: BarcodeKind,
    pub unit_id: UnitId,
}

impl Barcode {
    pub fn check(&self) -> Result<(), Violation> {
        if self.kind == BarcodeKind::Internal || is_gtin(self.code.as_str()) {
            return Ok(());
        }
        Err(Violation::new(&BARCODE_INVALID).at("/code").with("value", &self.code))
    }

    /// The form that no other barcode of the tenant may have.
    pub fn key(&self) -> String {
        barcode_key(self.code.as_str())
    }
}

/// The form in which barcodes are compared: digits are filled up with zeros on the left, since an EAN-13 and the UPC in it are
/// one number, and scanners send either.
pub fn barcode_key(text: &str) -> String {
    if is_digits(text) && text.len() <= GTIN_LENGTH {
        format!("{text:0>GTIN_LENGTH$}")
    } else {
        text.to_owned()
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// From the right, the digits before the check digit count three times and once in turn.
fn is_gtin(text: &str) -> bool {
    if !GTIN_LENGTHS.contains(&text.len()) || !is_digits(text) {
        return false;
    }
    let digits = text.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let weighted = digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight);
    weighted.sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn barcode(code: &str, kind: BarcodeKind) -> Barcode {
        Barcode { code: Code::parse(code).unwrap(), kind, unit_id: UnitId::new(Uuid::nil()) }
    }

    #[test]
    fn a_gtin_ends_with_its_check_digit() {
        for good in ["6281000000007", "4006381333931", "96385074", "036000291452", "16281000000004"] {
            assert!(barcode(good, BarcodeKind::Gtin).check().is_ok(), "{good}");
        }
        for bad in [
            "6281000000008",
            "4006381333913",
            "96385075",
            "036000291453",
            "16281000000005",
            "628100000000",
            "1",
            "A6385074",
        ] {
            let refused = barcode(bad, BarcodeKind::Gtin).check().unwrap_err();
            assert_eq!((refused.def, refused.pointer.as_str()), (&BARCODE_INVALID, "/code"), "{bad}");
            assert!(barcode(bad, BarcodeKind::Internal).check().is_ok(), "{bad}");
        }
    }

    #[test]
    fn a_number_is_the_same_however_many_zeros_it_begins_with() {
        let key = |code| barcode(code, BarcodeKind::Gtin).key();
        assert_eq!(key("036000291452"), key("0036000291452"));
        assert_eq!(key("036000291452"), "00036000291452");
        assert_eq!(barcode_key("SHELF-7"), "SHELF-7");
        assert_eq!(barcode_key("123456789012345"), "123456789012345");
    }
}
