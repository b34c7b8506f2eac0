//! The progress of order lines (R74–R76): ordered, cancelled, delivered, returned, invoiced and credited, in base units.

use crate::error::Violation;
use crate::items::item::ItemId;
use crate::items::match_policy::MatchPolicy;
use crate::money::{Amount, Quantity};

crate::errors! {
    INVOICE_EXCEEDS_ORDER = "invoice_exceeds_order", Rule, User,
        "Line {line} of {number} has {left} left to be invoiced, not {quantity}.",
        "بقي من السطر {line} في {number} ما كميته {left} لتُفوتر، وليس {quantity}.";
    INVOICE_EXCEEDS_RECEIPT = "invoice_exceeds_receipt", Rule, User,
        "Of line {line} of {number}, {left} are received and not invoiced yet, but {quantity} are billed.",
        "المستلم غير المفوتر من السطر {line} في {number} كميته {left}، بينما المفوتر {quantity}.";
    OVER_RECEIPT = "over_receipt", Rule, User,
        "Line {line} of {number} has {left} left to be received, not {quantity}. Whoever has the permission purchase.receipt.over_receive may accept it with overReceiptReason.",
        "بقي من السطر {line} في {number} ما كميته {left} للاستلام، وليس {quantity}. لمن لديه الصلاحية purchase.receipt.over_receive أن يقبله مع overReceiptReason.";
    ORDER_BELOW_PROGRESS = "order_below_progress", Rule, User,
        "Of line {line}, {done} have been delivered or invoiced already, so the line keeps its item and at least that quantity.",
        "سُلّم أو فُوتر من السطر {line} ما كميته {done}، لذا يبقى صنفه وكميته لا تقل عن ذلك.";
}

/// The quantity up to which a line may be invoiced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingBasis {
    /// All that is ordered.
    Ordered,
    /// The received quantity, unless bills of the line do not wait for receipts.
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
    /// The quantity that may be received beyond the ordered one, and billed where bills do not wait for receipts.
    pub beyond: Quantity,
    /// Whether bills do not wait for receipts.
    pub two_way: bool,
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

const fn larger(one: Quantity, other: Quantity) -> Quantity {
    if one.scaled() < other.scaled() { other } else { one }
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
            beyond: zero,
            two_way: false,
            version: 1,
        }
    }

    /// The line with what its item and the company allow.
    #[must_use]
    pub const fn matched(self, beyond: Quantity, two_way: bool) -> Self {
        Self { beyond, two_way, ..self }
    }

    pub const fn policy(&self) -> MatchPolicy {
        if self.two_way { MatchPolicy::TwoWay } else { MatchPolicy::ThreeWay }
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
            BillingBasis::Delivered if self.two_way => larger(self.wanted(), self.kept()),
            BillingBasis::Delivered => self.kept(),
        };
        not_negative(minus(whole, self.billed()))
    }
    /// The quantity that may be received or billed in all: nothing beyond the order of a line that is closed.
    fn most(&self) -> Quantity {
        if self.cancelled.is_positive() { self.wanted() } else { plus(self.wanted(), self.beyond) }
    }
    /// The most that may be invoiced, which may be beyond what is to be invoiced.
    fn may_invoice(&self, basis: BillingBasis) -> Quantity {
        match basis {
            BillingBasis::Delivered if self.two_way => {
                not_negative(minus(larger(self.most(), self.kept()), self.billed()))
            }
            basis => self.to_invoice(basis),
        }
    }
    /// Bills a quantity of an order that is closed: what was done and not billed, and nothing beyond it.
    pub fn bill_closed(&self, quantity: Quantity, basis: BillingBasis) -> Result<Self, Violation> {
        Self { beyond: Quantity::ZERO, ..*self }
            .bill(quantity, basis)
            .map(|billed| Self { beyond: self.beyond, ..billed })
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
        let left = self.may_invoice(basis);
        if quantity > left {
            let def = match basis {
                BillingBasis::Delivered if !self.two_way => &INVOICE_EXCEEDS_RECEIPT,
                _ => &INVOICE_EXCEEDS_ORDER,
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

    /// Takes a credit back: the quantity is billed again, so it must not have been billed anew meanwhile. What was cancelled because
    /// nothing of it was billed is not cancelled any more.
    pub fn uncredit(&self, quantity: Quantity) -> Result<Self, Violation> {
        let after = self.credit(minus(Quantity::ZERO, quantity));
        let left = not_negative(minus(self.ordered, self.billed()));
        if quantity > left {
            return Err(self.exceeds(&INVOICE_EXCEEDS_ORDER, left, quantity));
        }
        let most = not_negative(minus(after.ordered, after.done()));
        Ok(Self { cancelled: after.cancelled.min(most), ..after })
    }

    /// Receives a quantity, none more than is ordered and allowed beyond it. A negative one takes back what was received by
    /// mistake, as far as it is not billed or bills do not wait for it.
    pub fn deliver(&self, quantity: Quantity) -> Result<Self, Violation> {
        let left = not_negative(minus(self.most(), self.kept()));
        let billed = if self.two_way { Quantity::ZERO } else { self.billed().max(Quantity::ZERO) };
        if quantity.is_negative() && plus(self.kept(), quantity) < billed {
            let below = Violation::new(&ORDER_BELOW_PROGRESS).with("line", self.line_no);
            return Err(below.with("done", billed));
        }
        if quantity > left {
            return Err(self.exceeds(&OVER_RECEIPT, left, quantity));
        }
        Ok(Self { delivered: plus(self.delivered, quantity), ..*self })
    }

    /// Receives a quantity whatever is ordered, because somebody who may do so accepts it.
    pub fn deliver_beyond(&self, quantity: Quantity) -> Result<Self, Violation> {
        let needed = minus(plus(self.kept(), quantity), self.wanted());
        Self { beyond: self.beyond.max(needed), ..*self }.deliver(quantity)
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
    pub fn revise(&self, next: &Self) -> Result<Self, Violation> {
        let done = self.done();
        let less = next.ordered < done && next.ordered < self.ordered;
        if less || (next.item != self.item && !self.is_untouched()) {
            let below = Violation::new(&ORDER_BELOW_PROGRESS).with("line", self.line_no);
            return Err(below.with("done", done));
        }
        // What went beyond the order stays allowed.
        let beyond = next.beyond.max(minus(done, next.ordered));
        let (item, ordered, amount) = (next.item, next.ordered, next.amount);
        let revised = Self { item, ordered, amount, beyond, two_way: next.two_way, ..*self };
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
    fn a_credit_is_taken_back_unless_the_quantity_was_billed_anew() {
        let credited = order("10").bill(quantity("6"), BillingBasis::Ordered).unwrap().credit(quantity("6"));
        let again = credited.uncredit(quantity("6")).unwrap();
        assert_eq!(again.to_invoice(BillingBasis::Ordered), quantity("4"));
        let billed = credited.bill(quantity("5"), BillingBasis::Ordered).unwrap();
        let refused = billed.uncredit(quantity("6")).unwrap_err();
        assert_eq!((refused.def, refused.param("left")), (&INVOICE_EXCEEDS_ORDER, Some("5")));
        let closed = credited.close();
        assert_eq!(closed.cancelled, quantity("10"));
        assert_eq!(closed.uncredit(quantity("6")).unwrap().cancelled, quantity("4"));
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
        let next = |item, ordered| LineProgress::new(1, item, quantity(ordered), Amount::ZERO);
        let line = order("10").bill(quantity("4"), BillingBasis::Ordered).unwrap();
        assert!(line.revise(&next(None, "4")).is_ok());
        assert_eq!(line.revise(&next(None, "3")).unwrap_err().def, &ORDER_BELOW_PROGRESS);
        let item = Some(ItemId::new(uuid::Uuid::from_u128(1)));
        assert_eq!(line.revise(&next(item, "10")).unwrap_err().def, &ORDER_BELOW_PROGRESS);
        assert!(order("10").revise(&next(item, "1")).is_ok());
        let closed = line.close().revise(&next(None, "5")).unwrap();
        assert_eq!(
            (closed.cancelled, closed.to_invoice(BillingBasis::Ordered)),
            (quantity("1"), Quantity::ZERO)
        );
    }

    #[test]
    fn a_line_is_received_beyond_the_order_as_far_as_it_may() {
        let line = order("10").matched(quantity("1"), false);
        assert_eq!(line.to_deliver(), quantity("10"), "no more is expected");
        let over = line.deliver(quantity("11")).unwrap();
        assert_eq!(over.to_invoice(BillingBasis::Delivered), quantity("11"), "and all of it is billed");
        let refused = line.deliver(quantity("11.5")).unwrap_err();
        assert_eq!((refused.def, refused.param("left")), (&OVER_RECEIPT, Some("11")));
        let accepted = line.deliver_beyond(quantity("12")).unwrap();
        assert_eq!((accepted.kept(), accepted.beyond), (quantity("12"), quantity("2")));
        let half = line.deliver(quantity("4")).unwrap().close();
        assert_eq!(
            half.deliver(quantity("1")).unwrap_err().def,
            &OVER_RECEIPT,
            "a closed line takes nothing"
        );
        let same = LineProgress::new(1, None, quantity("10"), Amount::ZERO);
        assert_eq!(accepted.revise(&same).unwrap().beyond, quantity("2"), "what was accepted stays");
        assert_eq!(accepted.bill(quantity("12"), BillingBasis::Delivered).unwrap().billed(), quantity("12"));
    }

    #[test]
    fn bills_of_two_way_lines_come_before_the_receipt_or_without_it() {
        let line = order("10").matched(quantity("1"), true);
        assert_eq!(line.to_invoice(BillingBasis::Delivered), quantity("10"));
        let billed = line.bill(quantity("11"), BillingBasis::Delivered).unwrap();
        assert_eq!(billed.to_invoice(BillingBasis::Delivered), Quantity::ZERO);
        let refused = billed.bill(quantity("1"), BillingBasis::Delivered).unwrap_err();
        assert_eq!(refused.def, &INVOICE_EXCEEDS_ORDER, "it is the order that says how much");
        let received = billed.deliver(quantity("3")).unwrap();
        assert_eq!(received.deliver(quantity("-3")).unwrap(), billed);
        assert!(received.deliver(quantity("-4")).is_err());
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
