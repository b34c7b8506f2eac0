//! Receipts and payments: money that moved (R105).

crate::errors! {
    AMOUNT_NOT_POSITIVE = "amount_not_positive", Rule, User,
        "The amount is greater than 0.", "المبلغ أكبر من 0.";
    CHARGES_EXCEED_AMOUNT = "charges_exceed_amount", Rule, User,
        "The bank's charges of {charges} are more than the {amount} that came in.",
        "رسوم البنك {charges} أكبر من المبلغ الوارد {amount}.";
    ALLOCATED_MORE_THAN_PAID = "allocated_more_than_paid", Rule, User,
        "{allocated} are allocated, but the document comes to {amount}.",
        "خُصص {allocated}، بينما مبلغ المستند {amount}.";
}

crate::choices! {
    /// The way in which money moved; it decides the account unless the document names one.
    pub enum PaymentMethod {
        Cash = "cash",
        BankTransfer = "bank_transfer",
        /// Payment by card; the money is on its way from the acquirer.
        Card = "card",
        /// Payment by a cheque that has not been cashed yet.
        Cheque = "cheque",
    }
}
