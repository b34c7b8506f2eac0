//! Discounts for early payment: until when they are granted, and how much of them (R106).

use chrono::NaiveDate;

use super::open_item::OpenItem;
use crate::error::Violation;
use crate::money::Amount;

crate::errors! {
    DISCOUNT_EXPIRED = "discount_expired", Rule, User,
        "Item {number} grants its discount to who pays by {until}, and {date} is later.",
        "يمنح البند {number} خصمه لمن يسدد حتى {until}، و{date} بعد ذلك.";
    DISCOUNT_NOT_GRANTED = "discount_not_granted", Rule, User,
        "Item {number} grants no discount for early payment.", "لا يمنح البند {number} خصمًا للسداد المبكر.";
    DISCOUNT_NOT_COVERED = "discount_not_covered", Rule, User,
        "Of item {number}, {open} {currency} is open; {paid} and the discount of {discount} do not settle it.",
        "المفتوح من البند {number} هو {open} {currency}؛ والمبلغ {paid} مع الخصم {discount} لا يسددانه.";
}

/// The discount for paying an item until a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyDiscount {
    /// The last day.
    pub until: NaiveDate,
    /// The discount in the item's currency; a magnitude.
    pub amount: Amount,
    /// Whether who pays a part gets its share of the discount.
    pub partial: bool,
}

impl OpenItem {
    /// The discount of who pays on a day. What notes have credited of the item earns no discount, so it is lower in
    /// proportion; a discount that is granted in parts is that of what is open. `None` on overflow.
    pub fn discount_on(
        &self,
        date: NaiveDate,
        credited: Amount,
        scale: u8,
    ) -> Result<Option<Amount>, Violation> {
        let Some(discount) = self.discount else { return Err(Violation::new(&DISCOUNT_NOT_GRANTED)) };
        if date > discount.until {
            let expired = Violation::new(&DISCOUNT_EXPIRED).with("until", discount.until);
            return Err(expired.with("date", date));
        }
        let whole = self.amount.abs();
        let left = if discount.partial { Some(self.open_amount.abs()) } else { whole.checked_sub(credited) };
        Ok(left.and_then(|left| discount.amount.share(left.max(Amount::ZERO), whole, scale)))
    }
}

/// The discount that a payment earns of an item of which `open` is open and `most` is granted: what it does not pay, or its share
/// where the discount is granted in parts. `None` where the payment and the discount do not settle what they have to.
pub fn earned(paid: Amount, open: Amount, most: Amount, partial: bool, scale: u8) -> Option<Amount> {
    let rest = open.checked_sub(paid)?;
    if rest <= most {
        return Some(rest);
    }
    if !partial {
        return None;
    }
    most.share(paid, open.checked_sub(most)?, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settlement::allocation::tests::item;
    use crate::time::parse_date;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn it_is_granted_until_its_day_and_for_what_was_not_credited() {
        let until = parse_date("2026-03-11").unwrap();
        let discount = Some(EarlyDiscount { until, amount: amount("23"), partial: false });
        let debt = OpenItem { discount, ..item(1, "SAR", "1150", "1150") };
        assert_eq!(debt.discount_on(until, Amount::ZERO, 2), Ok(Some(amount("23"))));
        assert_eq!(debt.discount_on(until, amount("575"), 2), Ok(Some(amount("11.50"))));
        assert_eq!(debt.discount_on(until, amount("1150"), 2), Ok(Some(Amount::ZERO)));
        let late = debt.discount_on(until.succ_opt().unwrap(), Amount::ZERO, 2).unwrap_err();
        assert_eq!(late.def, &DISCOUNT_EXPIRED);
        let none = item(1, "SAR", "1150", "1150").discount_on(until, Amount::ZERO, 2).unwrap_err();
        assert_eq!(none.def, &DISCOUNT_NOT_GRANTED);
    }

    #[test]
    fn a_part_earns_its_share_where_the_terms_say_so() {
        let earned = |paid: &str, open: &str, most: &str, partial| {
            earned(amount(paid), amount(open), amount(most), partial, 2)
        };
        assert_eq!(earned("1127", "1150", "23", false), Some(amount("23")));
        assert_eq!(earned("1130", "1150", "23", false), Some(amount("20")));
        assert_eq!(earned("563.50", "1150", "23", false), None);
        assert_eq!(earned("563.50", "1150", "23", true), Some(amount("11.50")));
        // Two halves earn what the whole does.
        assert_eq!(earned("563.50", "575", "11.50", true), Some(amount("11.50")));
        assert_eq!(earned("100", "1150", "23", true), Some(amount("2.04")));
    }

    #[test]
    fn a_discount_in_parts_is_that_of_what_is_open() {
        let until = parse_date("2026-03-11").unwrap();
        let discount = Some(EarlyDiscount { until, amount: amount("23"), partial: true });
        let whole = item(1, "SAR", "1150", "1150");
        let debt = OpenItem { discount, open_amount: amount("575"), ..whole };
        assert_eq!(debt.discount_on(until, Amount::ZERO, 2), Ok(Some(amount("11.50"))));
    }
}
