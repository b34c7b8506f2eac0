//! Write-offs: what is taken off open items without any money (R106, R110).

use crate::accounting::account::ControlKind;
use crate::accounting::posting_rule::PostingSlot;
use crate::ids::Id;

crate::errors! {
    WRITE_OFF_REVERSED = "write_off_reversed", Conflict, User,
        "The write-off was reversed already.", "عُكس الشطب من قبل.";
    WRITE_OFF_ITEMS_DIFFER = "write_off_items_differ", Rule, User,
        "The items of one write-off have one party, account, currency and side; item {number} differs.",
        "لبنود الشطب الواحد طرف واحد وحساب واحد وعملة واحدة وجانب واحد؛ ويختلف البند {number}.";
    WRITE_OFF_NOTHING_OPEN = "write_off_nothing_open", Conflict, User,
        "Nothing is open to be written off.", "لا يوجد مفتوح يُشطب.";
    WRITE_OFF_BEFORE_ITEM = "write_off_before_item", Rule, User,
        "Item {number} was posted for {date}; it cannot be written off on an earlier day.",
        "رُحّل البند {number} بتاريخ {date}؛ لا يمكن شطبه في يوم سابق.";
    WRITE_OFF_EXCEEDS_OPEN = "write_off_exceeds_open", Conflict, User,
        "Of item {number}, {open} {currency} is open; {amount} cannot be written off.",
        "المفتوح من البند {number} هو {open} {currency}؛ لا يمكن شطب {amount}.";
}

/// Marks the ids of write-offs.
#[derive(Debug)]
pub enum WriteOff {}
pub type WriteOffId = Id<WriteOff>;

crate::choices! {
    /// The reason for which something is written off.
    pub enum WriteOffKind {
        /// A customer does not pay.
        BadDebt = "bad_debt",
        /// A credit of a customer that nobody claims, or what is no longer owed to a supplier or got back from one.
        Other = "other",
        /// The difference that a payment left, within the tolerance.
        Difference = "difference",
        /// A discount for early payment that leaves VAT as it was.
        Discount = "discount",
    }
}

impl WriteOffKind {
    /// The kind of a write-off that a person decides on.
    pub fn decided(control: ControlKind, is_debit: bool) -> Self {
        if control == ControlKind::Receivable && is_debit { Self::BadDebt } else { Self::Other }
    }

    /// The posting slot whose account takes the write-off.
    pub const fn slot(self, control: ControlKind) -> PostingSlot {
        match (self, control) {
            (Self::BadDebt, _) => PostingSlot::BadDebt,
            (Self::Other | Self::Difference, _) => PostingSlot::WriteOff,
            (Self::Discount, ControlKind::Payable) => PostingSlot::DiscountReceived,
            (Self::Discount, _) => PostingSlot::DiscountGranted,
        }
    }
}
