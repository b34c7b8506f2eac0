//! The steps to which received quantities are rounded, so that the last receipt of a line takes what rounding left (R51, R52).

use std::collections::BTreeMap;

use domain::documents::progress::LineProgress;
use domain::money::Quantity;
use domain::money::quantity::QUANTITY_SCALE;

use super::whole::base_decimals;
use crate::documents::ports::StoredDocument;
use crate::documents::trade::OrderMove;
use crate::error::AppResult;
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
    let counted = base_decimals(uow, order).await?.into_iter().filter(|(_, decimals)| *decimals > 0);
    let step = |decimals| 10_i64.pow(QUANTITY_SCALE.saturating_sub(u32::from(decimals)));
    Ok(counted.map(|(line_no, decimals)| (line_no, step(decimals))).collect())
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
