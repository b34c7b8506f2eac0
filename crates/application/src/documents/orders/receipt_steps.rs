//! The steps to which received quantities are rounded, so that the last receipt of a line takes what rounding left (R51, R52).

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::progress::LineProgress;
use domain::ids::Id;
use domain::money::Quantity;
use domain::money::quantity::QUANTITY_SCALE;

use crate::documents::ports::StoredDocument;
use crate::documents::trade::OrderMove;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// Rounds received quantities to the decimals of the base units of their items, and says to what they were rounded.
pub(super) async fn round_received(
    uow: &mut dyn UnitOfWork,
    order: &StoredDocument,
    progress: &[LineProgress],
    received: &mut [OrderMove],
) -> AppResult<()> {
    let steps = steps(uow, order).await?;
    for one in received {
        let Some(step) = steps.get(&one.order_line).copied() else { continue };
        let line = order.lines.iter().find(|line| line.line_no == one.order_line);
        let whole = line.and_then(|line| Quantity::parse(&line.quantity).ok()).unwrap_or_default();
        let ordered = progress.iter().find(|known| known.line_no == one.order_line);
        let ordered = ordered.map_or(Quantity::ZERO, |known| known.ordered);
        let converts = whole.is_positive() && ordered.scaled() % whole.scaled() != 0;
        one.step = if converts { Quantity::from_scaled(step) } else { Quantity::ZERO };
        one.quantity = rounded(one.quantity, step);
    }
    Ok(())
}

fn rounded(quantity: Quantity, step: i64) -> Quantity {
    let (value, half) = (quantity.scaled(), step / 2);
    let magnitude = value.saturating_abs().saturating_add(half) / step * step;
    Quantity::from_scaled(if value < 0 { -magnitude } else { magnitude })
}

/// The step of the base unit of each line whose item is counted in parts. Pieces are received whole or not at all.
async fn steps(uow: &mut dyn UnitOfWork, order: &StoredDocument) -> AppResult<BTreeMap<u32, i64>> {
    let of_lines: Vec<_> =
        order.lines.iter().filter_map(|line| Some((line.line_no, Id::new(line.item_id?)))).collect();
    if of_lines.is_empty() {
        return Ok(BTreeMap::new());
    }
    let named: BTreeSet<_> = of_lines.iter().map(|(_, item)| Reference::Id(*item)).collect();
    let items = uow.items().items(&named).await?;
    let units: BTreeSet<_> = items.iter().map(|item| Reference::Id(item.value.base_unit_id)).collect();
    let units = uow.items().units(&units).await?;
    let step = |(line_no, id): (u32, Id<domain::items::item::Item>)| {
        let item = items.iter().find(|item| item.value.id == id)?;
        let unit = units.iter().find(|unit| unit.id == item.value.base_unit_id)?;
        let decimals = u32::from(unit.decimals);
        (decimals > 0).then(|| (line_no, 10_i64.pow(QUANTITY_SCALE.saturating_sub(decimals))))
    };
    Ok(of_lines.into_iter().filter_map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_received_quantity_has_the_decimals_of_the_base_unit() {
        let quantity = |text: &str| Quantity::parse(text).unwrap();
        assert_eq!(rounded(quantity("0.333285"), 1_000), quantity("0.333"));
        assert_eq!(rounded(quantity("0.3335"), 1_000), quantity("0.334"));
        assert_eq!(rounded(quantity("-0.333285"), 1_000), quantity("-0.333"));
    }
}
