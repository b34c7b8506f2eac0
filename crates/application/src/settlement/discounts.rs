//! The discount that an item grants on a day.

use chrono::NaiveDate;
use domain::error::Violation;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::settlement::open_item::OpenItem;

use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The discount of who pays an item on a day, never more than is open; or why there is none.
pub async fn discount_of(
    uow: &mut dyn UnitOfWork,
    item: &OpenItem,
    (date, scale): (NaiveDate, u8),
    number: &str,
) -> AppResult<Result<Amount, Violation>> {
    let credited = match item.discount {
        Some(_) => uow.open_items().credited_of(item.id).await?,
        None => Amount::ZERO,
    };
    Ok(match item.discount_on(date, credited, scale) {
        Ok(Some(discount)) => Ok(discount.min(item.open_amount.abs())),
        Ok(None) => Err(Violation::new(&AMOUNT_OUT_OF_RANGE)),
        Err(refused) => Err(refused.with("number", number)),
    })
}
