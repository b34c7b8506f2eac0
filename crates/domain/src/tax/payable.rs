//! The amount payable of a document (R62): its total less prepayments, rounded to what cash can pay.

use super::price::given;
use crate::error::{Violation, Violations};
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency};

crate::errors! {
    PREPAID_EXCEEDS_TOTAL = "prepaid_exceeds_total", Rule, User,
        "More was paid before ({prepaid}) than the document comes to ({total}).",
        "المدفوع مقدمًا ({prepaid}) أكبر من إجمالي المستند ({total}).";
    ROUNDING_STEP_ZERO = "rounding_step_zero", Rule, User,
        "The step to round to is greater than 0, such as 0.05.", "خطوة التقريب أكبر من 0، مثل 0.05.";
}

/// The end of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payable {
    pub prepaid: Amount,
    /// The rounding difference, negative where it lowered the amount. It belongs to the document and never to a line.
    pub rounding: Amount,
    pub payable: Amount,
}

/// Everything that is wrong with the two amounts themselves, at `/prepaidAmount` and `/payableRoundingStep`.
pub fn check_payable(prepaid: Amount, step: Option<Amount>, currency: Currency) -> Vec<Violation> {
    let mut violations = Violations::new();
    violations.check("/prepaidAmount", given(prepaid, currency));
    if let Some(step) =
        step.filter(|step| violations.check("/payableRoundingStep", given(*step, currency)).is_some())
        && step.is_zero()
    {
        violations.push(Violation::new(&ROUNDING_STEP_ZERO).at("/payableRoundingStep"));
    }
    violations.into_vec()
}

impl Payable {
    /// Subtracts `prepaid` from `total` and rounds to the nearest multiple of `step`.
    pub fn of(
        total: Amount,
        prepaid: Amount,
        step: Option<Amount>,
        currency: Currency,
    ) -> Result<Self, Vec<Violation>> {
        let mut violations = check_payable(prepaid, step, currency);
        if prepaid > total {
            let shown = |amount: Amount| amount.display(currency.scale);
            let exceeds = Violation::new(&PREPAID_EXCEEDS_TOTAL).at("/prepaidAmount");
            violations.push(exceeds.with("prepaid", shown(prepaid)).with("total", shown(total)));
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        let left = total.checked_sub(prepaid);
        let rounded = left.and_then(|left| step.map_or(Some(left), |step| left.round_to(step)));
        let (Some(left), Some(payable)) = (left, rounded) else {
            return Err(vec![Violation::new(&AMOUNT_OUT_OF_RANGE)]);
        };
        let rounding = Amount::from_scaled(payable.scaled() - left.scaled());
        Ok(Self { prepaid, rounding, payable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::CurrencyCode;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    fn of(total: &str, prepaid: &str, step: Option<&str>, code: &str) -> Result<Payable, Vec<Violation>> {
        let currency = Currency::iso(CurrencyCode::parse(code).unwrap());
        Payable::of(amount(total), amount(prepaid), step.map(amount), currency)
    }

    #[test]
    fn what_is_left_is_rounded_half_up_to_the_step() {
        for (total, prepaid, step, rounding, payable) in [
            ("100.12", "0", None, "0", "100.12"),
            ("100.12", "0", Some("0.05"), "-0.02", "100.10"),
            ("100.13", "0", Some("0.05"), "0.02", "100.15"),
            ("100.125", "0", Some("0.25"), "0.125", "100.25"),
            ("99.50", "0", Some("1"), "0.50", "100"),
            ("99.49", "0", Some("1.00"), "-0.49", "99"),
            ("14197.52", "4259.26", None, "0", "9938.26"),
            ("10", "10", Some("0.25"), "0", "0"),
        ] {
            let found = of(total, prepaid, step, "KWD").unwrap();
            let expected =
                Payable { prepaid: amount(prepaid), rounding: amount(rounding), payable: amount(payable) };
            assert_eq!(found, expected, "{total} - {prepaid} to {step:?}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let refused = |total, prepaid, step| {
            let refused = of(total, prepaid, Some(step), "SAR").unwrap_err();
            refused.into_iter().map(|violation| violation.def.code).collect::<Vec<_>>()
        };
        assert_eq!(refused("10", "10.01", "0"), ["rounding_step_zero", "prepaid_exceeds_total"]);
        assert_eq!(refused("10", "-1", "-0.05"), ["tax_amount_negative", "tax_amount_negative"]);
        assert_eq!(refused("10", "0.001", "0.005"), ["amount_scale_exceeded", "amount_scale_exceeded"]);
        assert_eq!(refused("900000000000000", "0", "600000000000000"), ["amount_out_of_range"]);
    }
}
