//! The progress of order lines (R74–R76): ordered, cancelled, delivered, returned, invoiced and credited, in base units.

use crate::error::Violation;
use crate::items::item::ItemId;
use crate::money::{Amount, Quantity};

crate::errors! {
    INVOICE_EXCEEDS_ORDER = "invoice_exceeds_order", Rule, User,
        "Line {line} of {number} has {left} left to be invoiced, not {quantity}.",
        "بقي من السطر {line} في {number} ما كميته {left} لتُفوتر، وليس {quantity}.";
    INVOICE_EXCEEDS_RECEIPT = "invoice_exceeds_receipt", Rule, User,
        "Of line {line} of {number}, {left} are received and not invoiced yet, but {quantity} are billed.",
        "المستلم غير المفوتر من السطر {line} في {number} كميته {left}، بينما المفوتر {quantity}.";
    OVER_RECEIPT = "over_receipt", Rule, User,
        "Line {line} of {number} has {left} left to be received, not {quantity}.",
        "بقي من السطر {line} في {number} ما كميته {left} للاستلام، وليس {quantity}.";
    ORDER_BELOW_PROGRESS = "order_below_progress", Rule, User,
        "Of line {line}, {done} have been delivered or invoiced already, so the line keeps its item and at least that quantity.",
        "سُلّم أو فُوتر من السطر {line} ما كميته {done}، لذا يبقى صنفه وكميته لا تقل عن ذلك.";
}

/// The quantity up to which a line may be invoiced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingBasis {
    /// All that is ordered.
    Ordered,
    /// The received quantity.
    Delivered,
}

/// The progress of an order line, in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineProgress {
    pub line_no: u32,
    pub item: Option<ItemId>,
    pub ordered: Quantity,
    pub cancelled: Quantity,
    pub delivered: Quantity,
    pub returned: Quantity,
    pub invoiced: Quantity,
    pub credited: Quantity,
    /// The value of the ordered quantity with VAT, in the company currency.
    pub amount: Amount,
    pub version: i64,
}

const fn plus(one: Quantity, other: Quantity) -> Quantity {
    Quantity::from_scaled(one.scaled().saturating_add(other.scaled()))
}

const fn minus(one: Quantity, other: Quantity) -> Quantity {
    Quantity::from_scaled(one.scaled().saturating_sub(other.scaled()))
}

const fn not_negative(quantity: Quantity) -> Quantity {
    if quantity.is_negative() { Quantity::ZERO } else { quantity }
}

/// As a number that amounts are shared by.
const fn weight(quantity: Quantity) -> Amount {
    Amount::from_scaled(quantity.scaled())
}

impl LineProgress {
    /// A line of which nothing has become yet.
    pub const fn new(line_no: u32, item: Option<ItemId>, ordered: Quantity, amount: Amount) -> Self {
        let zero = Quantity::ZERO;
        Self {
            line_no,
            item,
            ordered,
            cancelled: zero,
            delivered: zero,
            returned: zero,
            invoiced: zero,
            credited: zero,
            amount,
            version: 1,
        }
    }

    /// Ordered, and not cancelled.
    pub const fn wanted(&self) -> Quantity {
        minus(self.ordered, self.cancelled)
    }
    /// Delivered, and not returned.
    pub const fn kept(&self) -> Quantity {
        minus(self.delivered, self.returned)
    }
    /// Invoiced, and not credited.
    pub const fn billed(&self) -> Quantity {
        minus(self.invoiced, self.credited)
    }
    pub const fn to_deliver(&self) -> Quantity {
        not_negative(minus(self.wanted(), self.kept()))
    }
    pub const fn to_invoice(&self, basis: BillingBasis) -> Quantity {
        let whole = match basis {
            BillingBasis::Ordered => self.wanted(),
            BillingBasis::Delivered => self.kept(),
        };
        not_negative(minus(whole, self.billed()))
    }
    /// The quantity below which the order no longer goes.
    pub fn done(&self) -> Quantity {
        self.kept().max(self.billed())
    }
    pub fn is_untouched(&self) -> bool {
        self.done() <= Quantity::ZERO
    }

    /// The value of what is still to be invoiced, in the company currency.
    pub fn open_amount(&self, scale: u8) -> Amount {
        let rest = self.to_invoice(BillingBasis::Ordered);
        self.amount.share(weight(rest), weight(self.ordered), scale).unwrap_or_default()
    }

    /// Bills a quantity.
    pub fn bill(&self, quantity: Quantity, basis: BillingBasis) -> Result<Self, Violation> {
        let left = self.to_invoice(basis);
        if quantity > left {
            let def = match basis {
                BillingBasis::Ordered => &INVOICE_EXCEEDS_ORDER,
                BillingBasis::Delivered => &INVOICE_EXCEEDS_RECEIPT,
            };
            return Err(self.exceeds(def, left, quantity));
        }
        Ok(Self { invoiced: plus(self.invoiced, quantity), ..*self })
    }

    /// Takes a billed quantity back because the bill itself was taken back.
    #[must_use]
    pub const fn unbill(&self, quantity: Quantity) -> Self {
        Self { invoiced: not_negative(minus(self.invoiced, quantity)), ..*self }
    }

    /// Credits a quantity; a negative one takes a credit back.
    #[must_use]
    pub const fn credit(&self, quantity: Quantity) -> Self {
        Self { credited: not_negative(plus(self.credited, quantity)), ..*self }
    }

    /// Receives a quantity, none more than is ordered. A negative one takes back what was received by mistake, as far as it is
    /// not billed.
    pub fn deliver(&self, quantity: Quantity) -> Result<Self, Violation> {
        let (left, billed) = (self.to_deliver(), self.billed().max(Quantity::ZERO));
        if quantity.is_negative() && plus(self.kept(), quantity) < billed {
            let below = Violation::new(&ORDER_BELOW_PROGRESS).with("line", self.line_no);
            return Err(below.with("done", billed));
        }
        if quantity > left {
            return Err(self.exceeds(&OVER_RECEIPT, left, quantity));
        }
        Ok(Self { delivered: plus(self.delivered, quantity), ..*self })
    }

    /// Cancels what has neither been delivered nor invoiced.
    #[must_use]
    pub fn close(&self) -> Self {
        Self { cancelled: not_negative(minus(self.ordered, self.done())), ..*self }
    }

    #[must_use]
    pub const fn reopen(&self) -> Self {
        Self { cancelled: Quantity::ZERO, ..*self }
    }

    /// The line as the changed order has it. One that is closed stays closed.
    pub fn revise(&self, item: Option<ItemId>, ordered: Quantity, amount: Amount) -> Result<Self, Violation> {
        let done = self.done();
        if ordered < done || (item != self.item && !self.is_untouched()) {
            let below = Violation::new(&ORDER_BELOW_PROGRESS).with("line", self.line_no);
            return Err(below.with("done", done));
        }
        let revised = Self { item, ordered, amount, ..*self };
        Ok(if self.cancelled.is_positive() { revised.close() } else { revised })
    }

    fn exceeds(&self, def: &'static crate::error::ErrorDef, left: Quantity, quantity: Quantity) -> Violation {
        Violation::new(def).with("line", self.line_no).with("left", left).with("quantity", quantity)
    }
}

/// How far something has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowFar {
    None,
    Partial,
    Full,
}

impl HowFar {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }

    /// Of pairs of what is done and what is wanted.
    pub fn of(lines: impl Iterator<Item = (Quantity, Quantity)> + Clone) -> Self {
        if lines.clone().all(|(done, _)| !done.is_positive()) {
            return Self::None;
        }
        let mut lines = lines;
        if lines.all(|(done, wanted)| done >= wanted) { Self::Full } else { Self::Partial }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    fn order(ordered: &str) -> LineProgress {
        LineProgress::new(1, None, quantity(ordered), Amount::parse("115.00").unwrap())
    }

    #[test]
    fn no_more_is_invoiced_than_is_ordered_and_credits_free_it_again() {
        let line = order("10").bill(quantity("6"), BillingBasis::Ordered).unwrap();
        assert_eq!(line.to_invoice(BillingBasis::Ordered), quantity("4"));
        let refused = line.bill(quantity("4.000001"), BillingBasis::Ordered).unwrap_err();
        assert_eq!((refused.def, refused.param("left")), (&INVOICE_EXCEEDS_ORDER, Some("4")));
        let line = line.credit(quantity("6"));
        assert_eq!(line.to_invoice(BillingBasis::Ordered), quantity("10"));
        assert_eq!(line.open_amount(2), Amount::parse("115.00").unwrap());
        let line = line.credit(quantity("-6")).unbill(quantity("6"));
        assert_eq!(line, order("10"));
    }

    #[test]
    fn bills_wait_for_what_is_received() {
        let line = order("10");
        let early = line.bill(quantity("1"), BillingBasis::Delivered).unwrap_err();
        assert_eq!(early.def, &INVOICE_EXCEEDS_RECEIPT);
        let line = line.deliver(quantity("6")).unwrap();
        assert_eq!(line.deliver(quantity("5")).unwrap_err().def, &OVER_RECEIPT);
        assert_eq!(line.deliver(quantity("-6")).unwrap().kept(), Quantity::ZERO);
        let line = line.bill(quantity("6"), BillingBasis::Delivered).unwrap();
        assert_eq!(line.deliver(quantity("-1")).unwrap_err().def, &ORDER_BELOW_PROGRESS);
        assert_eq!(
            (line.to_deliver(), line.to_invoice(BillingBasis::Delivered)),
            (quantity("4"), Quantity::ZERO)
        );
    }

    #[test]
    fn closing_cancels_the_rest_and_reopening_brings_it_back() {
        let line = order("10").bill(quantity("4"), BillingBasis::Ordered).unwrap();
        assert_eq!(line.open_amount(2), Amount::parse("69.00").unwrap());
        let closed = line.close();
        assert_eq!((closed.cancelled, closed.open_amount(2)), (quantity("6"), Amount::ZERO));
        assert!(closed.bill(quantity("1"), BillingBasis::Ordered).is_err());
        assert_eq!(closed.reopen(), line);
    }

    #[test]
    fn a_revision_stays_above_what_is_done() {
        let line = order("10").bill(quantity("4"), BillingBasis::Ordered).unwrap();
        assert!(line.revise(None, quantity("4"), Amount::ZERO).is_ok());
        assert_eq!(line.revise(None, quantity("3"), Amount::ZERO).unwrap_err().def, &ORDER_BELOW_PROGRESS);
        let item = Some(ItemId::new(uuid::Uuid::from_u128(1)));
        assert_eq!(line.revise(item, quantity("10"), Amount::ZERO).unwrap_err().def, &ORDER_BELOW_PROGRESS);
        assert!(order("10").revise(item, quantity("1"), Amount::ZERO).is_ok());
        let closed = line.close().revise(None, quantity("5"), Amount::ZERO).unwrap();
        assert_eq!(
            (closed.cancelled, closed.to_invoice(BillingBasis::Ordered)),
            (quantity("1"), Quantity::ZERO)
        );
    }

    #[test]
    fn how_far_an_order_has_come() {
        let of = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> =
                pairs.iter().map(|(done, wanted)| (quantity(done), quantity(wanted))).collect();
            HowFar::of(pairs.into_iter()).as_str()
        };
        assert_eq!(of(&[("0", "1"), ("0", "2")]), "none");
        assert_eq!(of(&[("1", "1"), ("0", "2")]), "partial");
        assert_eq!(of(&[("1", "1"), ("2", "2")]), "full");
    }
}
