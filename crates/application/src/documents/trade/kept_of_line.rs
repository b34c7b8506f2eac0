//! What a line keeps of the line that it corrects or bills: the item, the tax code, and what its unit was worth then (R51, R73).

use domain::error::{Violation, Violations};
use domain::items::conversion::QUANTITY_NOT_WHOLE;
use domain::items::item::Item;
use domain::money::quantity::QUANTITY_SCALE;
use domain::money::{Price, Quantity};
use uuid::Uuid;

use crate::documents::error::{LINE_ITEM_DIFFERS, LINE_TAX_DIFFERS, RETURN_PRICE_EXCEEDS};
use crate::documents::views::DocumentLineView;

/// The line that is corrected or billed, as far as it decides what the new line may say.
#[derive(Debug, Clone)]
pub struct KeptOfLine {
    line_no: u32,
    item: Option<Uuid>,
    item_code: Option<String>,
    tax_code: String,
    unit: Option<Uuid>,
    /// The quantity in the unit, and in base units.
    quantity: Quantity,
    base_quantity: Quantity,
    /// The price of so many units.
    price: (Price, Quantity),
}

impl KeptOfLine {
    pub fn new(line: &DocumentLineView) -> Self {
        let quantity = Quantity::parse(&line.quantity).unwrap_or_default();
        let base = line.base_quantity.as_deref().and_then(|text| Quantity::parse(text).ok());
        Self {
            line_no: line.line_no,
            item: line.item_id,
            item_code: line.item_code.clone(),
            tax_code: line.tax_code.clone(),
            unit: line.unit_id,
            quantity,
            base_quantity: base.unwrap_or(quantity),
            price: (
                Price::parse(&line.unit_price).unwrap_or_default(),
                Quantity::parse(&line.price_base_quantity).unwrap_or(Quantity::ONE),
            ),
        }
    }

    /// Refuses to take a unit back at more than was asked for it.
    pub fn check_price(
        &self,
        at: &str,
        unit: Option<Uuid>,
        (price, per): (Price, Quantity),
    ) -> Result<(), Violation> {
        let worth = |price: Price, per: Quantity| i128::from(price.scaled()) * i128::from(per.scaled());
        if unit != self.unit || worth(price, self.price.1) <= worth(self.price.0, per) {
            return Ok(());
        }
        let exceeds = Violation::new(&RETURN_PRICE_EXCEEDS).at(format!("{at}/unitPrice"));
        Err(exceeds.with("line", self.line_no).with("price", self.price.0))
    }

    /// Refuses another item and another tax code than the line has: what is billed or taken back is what was agreed.
    pub fn check(&self, at: &str, item: Option<&Item>, tax_code: &str, violations: &mut Violations) {
        if item.map(|item| item.id.uuid()) != self.item {
            let differs = Violation::new(&LINE_ITEM_DIFFERS).at(format!("{at}/itemCode"));
            let own = self.item_code.as_deref().unwrap_or("-");
            violations.push(differs.with("line", self.line_no).with("item", own));
        }
        if tax_code != self.tax_code {
            let differs = Violation::new(&LINE_TAX_DIFFERS).at(format!("{at}/taxCode"));
            violations.push(differs.with("line", self.line_no).with("code", &self.tax_code));
        }
    }

    /// A quantity of the same unit in base units, by what the unit was worth when the line was written: the item may have another
    /// fraction for it by now, or none. `None` for another unit.
    pub fn base_quantity(
        &self,
        unit: Uuid,
        quantity: Quantity,
        base_decimals: u8,
    ) -> Option<Result<Quantity, Violation>> {
        if self.unit != Some(unit) || !self.quantity.is_positive() {
            return None;
        }
        let step = 10_i128.pow(QUANTITY_SCALE.saturating_sub(u32::from(base_decimals)));
        let product = i128::from(quantity.scaled()) * i128::from(self.base_quantity.scaled());
        let divisor = i128::from(self.quantity.scaled()) * step;
        if base_decimals == 0 && product % divisor != 0 {
            return Some(Err(Violation::new(&QUANTITY_NOT_WHOLE).with("quantity", quantity)));
        }
        let base = (product + divisor / 2) / divisor * step;
        Some(Ok(Quantity::from_scaled(i64::try_from(base).unwrap_or(i64::MAX))))
    }

    /// Whether converting rounds: not where the unit is a whole number of base units, nor where these are whole.
    pub fn rounds(&self, unit: Uuid, base_decimals: u8) -> Option<bool> {
        if self.unit != Some(unit) || !self.quantity.is_positive() {
            return None;
        }
        Some(base_decimals > 0 && self.base_quantity.scaled() % self.quantity.scaled() != 0)
    }
}
