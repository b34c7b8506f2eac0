//! The open amount of an item on a day: the amount open now, and the amounts of allocations that do not count yet on that
//! day.
//!
//! Sums are made amounts again before they are added, because SQL Server would round the fourth decimal of a longer type away.

/// Joins to an item `i` what later allocations took of it. `$later` are conditions on effects of allocations, found by `$index`:
/// otherwise all that there ever were are read.
macro_rules! taken_later {
    ($index:literal, $later:literal) => {
        concat!(
            " LEFT JOIN (SELECT item_id, CAST(SUM(amount) AS DECIMAL(19,4)) AS amount, \
             CAST(SUM(company_amount) AS DECIMAL(19,4)) AS company_amount \
             FROM allocation_item",
            $index,
            " WHERE tenant_id = ?1 AND ",
            $later,
            " GROUP BY item_id) x ON x.item_id = i.id"
        )
    };
}
pub(in crate::persistence) use taken_later;

/// The amount that was open, in the item's currency.
macro_rules! open_then {
    () => {
        "i.open_amount + COALESCE(x.amount, 0)"
    };
}
pub(in crate::persistence) use open_then;

/// The amount that was open, in the company currency.
macro_rules! company_open_then {
    () => {
        "i.open_company_amount + COALESCE(x.company_amount, 0)"
    };
}
pub(in crate::persistence) use company_open_then;
