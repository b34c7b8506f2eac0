//! How bills of an item are matched (R86).

crate::choices! {
    /// Whether bills of an item wait for its receipt.
    pub enum MatchPolicy {
        /// A bill is matched with the order and the receipt: no more is billed than is received.
        ThreeWay = "three_way",
        /// A bill is matched with the order alone, and comes before or without a receipt.
        TwoWay = "two_way",
    }
}
