//! How a supply is taxed: category, rate and, without tax, the reason.

use super::exemption::ExemptionReason;
use crate::error::{Violation, Violations};
use crate::money::Percentage;

crate::errors! {
    TAX_RATE_NOT_ZERO = "tax_rate_not_zero", Rule, User,
        "Supplies of category {category} bear no tax, so the rate is 0 and not {rate}.",
        "التوريدات من الفئة {category} لا ضريبة عليها، لذا تكون النسبة 0 وليست {rate}.";
    TAX_RATE_ZERO = "tax_rate_zero", Rule, User,
        "Supplies of category S bear tax, so the rate is above 0. Choose category Z, E or O for supplies without tax.",
        "التوريدات من الفئة S خاضعة للضريبة، لذا تكون النسبة أكبر من 0. اختر الفئة Z أو E أو O للتوريدات التي لا ضريبة عليها.";
    TAX_REASON_NOT_ALLOWED = "tax_reason_not_allowed", Rule, User,
        "A supply that bears tax has no reason for not bearing it.",
        "التوريد الخاضع للضريبة ليس له سبب إعفاء.";
    TAX_REASON_CATEGORY = "tax_reason_category", Rule, User,
        "The reason {reason} goes with category {expected}, not with {category}.",
        "السبب {reason} يخص الفئة {expected} وليس الفئة {category}.";
}

crate::choices! {
    /// The categories of UN/CEFACT 5305 that Saudi Arabia uses.
    pub enum TaxCategory {
        /// Standard rate.
        Standard = "S",
        /// Zero rate.
        Zero = "Z",
        /// Exempt.
        Exempt = "E",
        /// Outside the scope of VAT.
        OutOfScope = "O",
    }
}

impl TaxCategory {
    pub const fn bears_tax(self) -> bool {
        matches!(self, Self::Standard)
    }

    /// Whether supplies of the category have the rate.
    pub fn check_rate(self, rate: Percentage) -> Result<(), Violation> {
        match (self.bears_tax(), rate.is_zero()) {
            (true, true) => Err(Violation::new(&TAX_RATE_ZERO)),
            (false, false) => {
                Err(Violation::new(&TAX_RATE_NOT_ZERO).with("category", self).with("rate", rate))
            }
            _ => Ok(()),
        }
    }

    /// Whether the reason goes with the category.
    pub fn check_reason(self, reason: ExemptionReason) -> Result<(), Violation> {
        if self.bears_tax() {
            return Err(Violation::new(&TAX_REASON_NOT_ALLOWED));
        }
        if reason.category() == self {
            return Ok(());
        }
        Err(Violation::new(&TAX_REASON_CATEGORY)
            .with("reason", reason)
            .with("expected", reason.category())
            .with("category", self))
    }
}

/// Category, rate and reason that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Treatment {
    category: TaxCategory,
    rate: Percentage,
    reason: Option<ExemptionReason>,
}

impl Treatment {
    /// No tax and no reason; it changes nothing about a document.
    pub const NOTHING: Self =
        Self { category: TaxCategory::OutOfScope, rate: Percentage::ZERO, reason: None };

    /// All violations at once, at `/taxRate` and `/taxReason`.
    pub fn new(
        category: TaxCategory,
        rate: Percentage,
        reason: Option<ExemptionReason>,
    ) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        violations.check("/taxRate", category.check_rate(rate));
        if let Some(reason) = reason {
            violations.check("/taxReason", category.check_reason(reason));
        }
        violations.into_result(Self { category, rate, reason })
    }

    pub const fn category(&self) -> TaxCategory {
        self.category
    }
    pub const fn rate(&self) -> Percentage {
        self.rate
    }
    pub const fn reason(&self) -> Option<ExemptionReason> {
        self.reason
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(
        category: TaxCategory,
        rate: &str,
        reason: Option<ExemptionReason>,
    ) -> Vec<(&'static str, String)> {
        let rate = Percentage::parse(rate).unwrap();
        let violations = Treatment::new(category, rate, reason).err().unwrap_or_default();
        violations.into_iter().map(|violation| (violation.def.code, violation.pointer)).collect()
    }

    #[test]
    fn category_rate_and_reason_go_together() {
        use TaxCategory::{Exempt, OutOfScope, Standard, Zero};
        let (medicines, rent) = (Some(ExemptionReason::Medicines), Some(ExemptionReason::RealEstate));
        for (category, rate, reason) in [
            (Standard, "15", None),
            (Standard, "5", None),
            (Zero, "0", None),
            (Zero, "0", medicines),
            (Exempt, "0", rent),
            (OutOfScope, "0", Some(ExemptionReason::OutOfScope)),
        ] {
            assert_eq!(refused(category, rate, reason), []);
        }
        let at = |code, pointer: &str| (code, pointer.to_owned());
        assert_eq!(refused(Standard, "0", None), [at("tax_rate_zero", "/taxRate")]);
        assert_eq!(refused(Exempt, "0", medicines), [at("tax_reason_category", "/taxReason")]);
        assert_eq!(
            refused(Zero, "15", rent),
            [at("tax_rate_not_zero", "/taxRate"), at("tax_reason_category", "/taxReason")]
        );
        assert_eq!(
            refused(Standard, "0", medicines),
            [at("tax_rate_zero", "/taxRate"), at("tax_reason_not_allowed", "/taxReason")]
        );
    }
}
