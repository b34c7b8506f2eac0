//! The states of documents, and the steps that lead from one to another (R71).

crate::choices! {
    /// The states of a document.
    pub enum DocumentStatus {
        /// May change, and leaves no trace in the books.
        Draft = "draft",
        Posted = "posted",
        /// Posted, and taken back by the reversal of its entry.
        Reversed = "reversed",
        /// A quotation that the customer has.
        Sent = "sent",
        Accepted = "accepted",
        Declined = "declined",
        /// Sent, and nobody answered while it was valid.
        Expired = "expired",
        /// An order on which both sides agree, and which is being fulfilled.
        Confirmed = "confirmed",
        /// Nothing more of the order is delivered or invoiced.
        Closed = "closed",
        /// Taken back before anything was delivered or invoiced.
        Cancelled = "cancelled",
    }
}

crate::choices! {
    /// The steps of quotations and orders after they are drafts.
    pub enum Step {
        Accept = "accept",
        Decline = "decline",
        Expire = "expire",
        Close = "close",
        Reopen = "reopen",
        Cancel = "cancel",
    }
}

impl DocumentStatus {
    /// The states of documents that enter the ledger.
    pub const OF_LEDGER: &'static [&'static str] = &["draft", "posted", "reversed"];
    /// The states of quotations.
    pub const OF_QUOTATIONS: &'static [&'static str] = &["draft", "sent", "accepted", "declined", "expired"];
    /// The states of orders.
    pub const OF_ORDERS: &'static [&'static str] = &["draft", "confirmed", "closed", "cancelled"];

    /// The state after a step; `None` where the step is not possible.
    pub const fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Sent, Step::Accept) => Some(Self::Accepted),
            (Self::Sent, Step::Decline) => Some(Self::Declined),
            (Self::Sent, Step::Expire) => Some(Self::Expired),
            (Self::Confirmed, Step::Close) => Some(Self::Closed),
            (Self::Closed, Step::Reopen) => Some(Self::Confirmed),
            (Self::Confirmed, Step::Cancel) => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Whether documents of the ledger have the state; the states of quotations and orders are separate.
    pub const fn is_of_ledger(self) -> bool {
        matches!(self, Self::Draft | Self::Posted | Self::Reversed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_open_goes_on() {
        for (from, step, to) in [
            (DocumentStatus::Sent, Step::Accept, Some(DocumentStatus::Accepted)),
            (DocumentStatus::Declined, Step::Accept, None),
            (DocumentStatus::Expired, Step::Accept, None),
            (DocumentStatus::Draft, Step::Close, None),
            (DocumentStatus::Confirmed, Step::Close, Some(DocumentStatus::Closed)),
            (DocumentStatus::Closed, Step::Cancel, None),
            (DocumentStatus::Closed, Step::Reopen, Some(DocumentStatus::Confirmed)),
            (DocumentStatus::Cancelled, Step::Reopen, None),
        ] {
            assert_eq!(from.after(step), to, "{from} {step}");
        }
    }

    #[test]
    fn every_state_is_in_one_list_and_drafts_are_in_all() {
        let lists = [DocumentStatus::OF_LEDGER, DocumentStatus::OF_QUOTATIONS, DocumentStatus::OF_ORDERS];
        for status in DocumentStatus::ALL {
            let count = lists.iter().filter(|list| list.contains(&status.as_str())).count();
            assert_eq!(count, if *status == DocumentStatus::Draft { 3 } else { 1 }, "{status}");
        }
    }
}
