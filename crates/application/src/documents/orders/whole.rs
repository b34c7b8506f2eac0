//! Received quantities in base units, which come out whole where the base unit has no decimals (R51).

use std::collections::{BTreeMap, BTreeSet};

use domain::error::Violation;
use domain::items::conversion::{QUANTITY_NOT_WHOLE, QUANTITY_TOO_LARGE};
use domain::items::item::ItemId;
use domain::money::Quantity;
use domain::money::quantity::QUANTITY_SCALE;

use crate::documents::ports::StoredDocument;
use crate::documents::views::DocumentLineView;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The decimals of the base unit of each line with an item.
pub(super) async fn base_decimals(
    uow: &mut dyn UnitOfWork,
    order: &StoredDocument,
) -> AppResult<BTreeMap<u32, u8>> {
    let of_lines = order.lines.iter().filter_map(|line| Some((line.line_no, ItemId::new(line.item_id?))));
    let of_lines: Vec<(u32, ItemId)> = of_lines.collect();
    if of_lines.is_empty() {
        return Ok(BTreeMap::new());
    }
    let named: BTreeSet<_> = of_lines.iter().map(|(_, item)| Reference::Id(*item)).collect();
    let items = uow.items().items(&named).await?;
    let units: BTreeSet<_> = items.iter().map(|item| Reference::Id(item.value.base_unit_id)).collect();
    let units = uow.items().units(&units).await?;
    let decimals = |(line, id): (u32, ItemId)| {
        let item = items.iter().find(|item| item.value.id == id)?;
        let unit = units.iter().find(|unit| unit.id == item.value.base_unit_id)?;
        Some((line, unit.decimals))
    };
    Ok(of_lines.into_iter().filter_map(decimals).collect())
}

/// A quantity in the unit of the order's line, in base units; `ordered` is the ordered one, so a unit is worth what it was when it
/// was ordered. A line without an item counts in its own unit.
pub(super) fn in_base(
    line: &DocumentLineView,
    ordered: Quantity,
    given: Quantity,
    decimals: Option<u8>,
) -> Result<Quantity, Violation> {
    let whole = Quantity::parse(&line.quantity).unwrap_or(ordered);
    if given == whole || !whole.is_positive() {
        return Ok(ordered);
    }
    let step = 10_i128.pow(QUANTITY_SCALE.saturating_sub(u32::from(decimals.unwrap_or(u8::MAX))));
    let product = i128::from(given.scaled()) * i128::from(ordered.scaled());
    let divisor = i128::from(whole.scaled()) * step;
    if decimals == Some(0) && product % divisor != 0 {
        return Err(Violation::new(&QUANTITY_NOT_WHOLE).with("quantity", given));
    }
    let magnitude = (product.abs() + divisor / 2) / divisor * step;
    let base = if product < 0 { -magnitude } else { magnitude };
    let base = i64::try_from(base).ok().map(Quantity::from_scaled);
    base.ok_or_else(|| Violation::new(&QUANTITY_TOO_LARGE).with("quantity", given))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    fn base(whole: &str, ordered: &str, given: &str, decimals: Option<u8>) -> Result<String, &'static str> {
        let line = DocumentLineView { quantity: whole.to_owned(), ..DocumentLineView::default() };
        let found = in_base(&line, quantity(ordered), quantity(given), decimals);
        found.map(|quantity| quantity.to_string()).map_err(|refused| refused.def.code)
    }

    #[test]
    fn pieces_are_received_whole() {
        assert_eq!(base("3", "3", "0.5", Some(0)), Err("quantity_not_whole"));
        assert_eq!(base("3", "3", "-0.5", Some(0)), Err("quantity_not_whole"));
        assert_eq!(base("2", "24", "0.05", Some(0)), Err("quantity_not_whole"));
        assert_eq!(base("2", "24", "0.5", Some(0)), Ok("6".to_owned()));
        assert_eq!(base("2", "24", "-1", Some(0)), Ok("-12".to_owned()));
        assert_eq!(base("3", "3", "0.5", None), Ok("0.5".to_owned()));
        assert_eq!(base("7", "3.175", "1", Some(3)), Ok("0.454".to_owned()));
    }
}
