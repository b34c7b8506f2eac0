//! Differences of payments that are small enough to be written off (R106).

use crate::error::Violation;
use crate::money::{Amount, Currency, CurrencyCode, Percentage};

/// Most currencies for which a company sets a tolerance.
pub const TOLERANCES_MAX: usize = 100;

crate::errors! {
    DIFFERENCE_EXCEEDS_TOLERANCE = "difference_exceeds_tolerance", Rule, User,
        "Of item {number}, {difference} {currency} is left; at most {limit} is written off as a difference.",
        "المتبقي من البند {number} هو {difference} {currency}؛ ولا يُشطب كفرق إلا ما لا يتجاوز {limit}.";
    TOLERANCE_TWICE = "payment_tolerance_twice", Rule, User,
        "There is one tolerance for each currency, and {currency} has two.",
        "لكل عملة سماحية واحدة، وللعملة {currency} اثنتان.";
    TOLERANCE_NEGATIVE = "payment_tolerance_negative", Rule, User,
        "A tolerance is not negative.", "لا تكون السماحية سالبة.";
}

/// The difference that is written off in a currency: at most the amount, and at most the share of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentTolerance {
    pub currency: CurrencyCode,
    pub amount: Amount,
    /// The limit in per cent of the item; `None` is any share.
    pub percent: Option<Percentage>,
}

/// At most one tolerance for each currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentTolerances(Vec<PaymentTolerance>);

impl PaymentTolerances {
    /// Violations are at `/<index>/…`.
    pub fn new(tolerances: Vec<PaymentTolerance>) -> Result<Self, Vec<Violation>> {
        let mut refused = Vec::new();
        for (index, one) in tolerances.iter().enumerate() {
            if one.amount.is_negative() {
                refused.push(Violation::new(&TOLERANCE_NEGATIVE).at(format!("/{index}/amount")));
            }
            if tolerances[..index].iter().any(|before| before.currency == one.currency) {
                let twice = Violation::new(&TOLERANCE_TWICE).at(format!("/{index}/currency"));
                refused.push(twice.with("currency", one.currency));
            }
        }
        if refused.is_empty() { Ok(Self(tolerances)) } else { Err(refused) }
    }

    pub fn all(&self) -> &[PaymentTolerance] {
        &self.0
    }

    /// The largest difference of an item of this amount that is written off; nothing in a currency without a tolerance.
    pub fn limit(&self, currency: Currency, item: Amount) -> Amount {
        let tolerance = self.0.iter().find(|one| one.currency == currency.code);
        let Some(tolerance) = tolerance else { return Amount::ZERO };
        let share =
            tolerance.percent.map(|percent| percent.of(item.abs(), currency.scale).unwrap_or_default());
        share.map_or(tolerance.amount, |share| share.min(tolerance.amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_of_amount_and_share_is_the_limit() {
        let amount = |text: &str| Amount::parse(text).unwrap();
        let sar = Currency::iso(CurrencyCode::parse("SAR").unwrap());
        let usd = Currency::iso(CurrencyCode::parse("USD").unwrap());
        let one = |percent: Option<&str>| PaymentTolerance {
            currency: sar.code,
            amount: amount("0.50"),
            percent: percent.map(|text| Percentage::parse(text).unwrap()),
        };
        let limit = |percent: Option<&str>, item: &str| {
            PaymentTolerances::new(vec![one(percent)]).unwrap().limit(sar, amount(item))
        };
        assert_eq!(limit(None, "1150"), amount("0.50"));
        assert_eq!(limit(Some("1"), "-20"), amount("0.20"));
        assert_eq!(limit(Some("1"), "1150"), amount("0.50"));
        let tolerances = PaymentTolerances::new(vec![one(None)]).unwrap();
        assert_eq!(tolerances.limit(usd, amount("1000")), Amount::ZERO);
        let negative = PaymentTolerance { amount: amount("-1"), ..one(None) };
        let refused = PaymentTolerances::new(vec![one(None), negative]).unwrap_err();
        let codes: Vec<_> = refused.iter().map(|one| (one.def.code, one.pointer.as_str())).collect();
        assert_eq!(
            codes,
            [("payment_tolerance_negative", "/1/amount"), ("payment_tolerance_twice", "/1/currency")]
        );
    }
}
