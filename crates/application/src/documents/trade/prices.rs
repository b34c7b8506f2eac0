//! Prices of lines that name none (R55).

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::documents::document_type::TradeSide;
use domain::error::{Violation, Violations};
use domain::items::item::{Item, ItemId};
use domain::items::price::{ItemPrice, PRICE_NOT_FOUND, Wanted, price_in_list};
use domain::items::unit::Unit;
use domain::money::{CurrencyCode, Percentage, Price, Quantity};

use super::line::Line;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The price of a line and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct LinePrice {
    pub price: Price,
    pub source: &'static str,
    /// The discount that goes with the price of the list.
    pub discount: Option<Percentage>,
}

/// The prices of the default list.
#[derive(Default)]
pub struct Prices {
    of_items: HashMap<ItemId, Vec<ItemPrice>>,
}

/// What prices are looked up for.
#[derive(Debug, Clone, Copy)]
pub struct PriceScope {
    pub side: TradeSide,
    pub currency: CurrencyCode,
    pub company: CurrencyCode,
    pub include_vat: bool,
    pub date: NaiveDate,
}

impl Prices {
    /// Three reads, and none where every line has its price.
    pub async fn learn(
        uow: &mut dyn UnitOfWork,
        scope: PriceScope,
        lines: &[Line],
        items: &crate::items::known::Known<Item>,
    ) -> AppResult<Self> {
        let unpriced = lines.iter().filter(|line| line.unit_price.is_none());
        let named = unpriced.filter_map(|line| items.get(line.item.as_ref()?)).map(|item| item.id);
        let named: BTreeSet<ItemId> = named.collect();
        if named.is_empty() || scope.side == TradeSide::Purchase {
            return Ok(Self::default());
        }
        let Some(list) = uow.items().default_price_list(scope.currency).await? else {
            return Ok(Self::default());
        };
        let lists = uow.items().price_lists(&BTreeSet::from([Reference::Id(list)])).await?;
        let fits = lists
            .iter()
            .any(|list| list.prices_include_vat == scope.include_vat && list.holds_on(scope.date));
        let mut of_items: HashMap<ItemId, Vec<ItemPrice>> = HashMap::new();
        if fits {
            for stored in uow.items().prices_from(&BTreeSet::from([list]), &named, scope.date).await? {
                of_items.entry(stored.value.item_id).or_default().push(stored.value);
            }
        }
        Ok(Self { of_items })
    }

    /// The price of a line that names an item and a unit.
    pub fn of(
        &self,
        scope: PriceScope,
        line: &Line,
        (item, unit): (&Item, &Unit),
        base_quantity: Quantity,
        violations: &mut Violations,
    ) -> Option<LinePrice> {
        if let Some(price) = line.unit_price {
            return Some(LinePrice { price, source: "given", discount: None });
        }
        let ratio = item.ratio(unit.id)?;
        let wanted = Wanted {
            unit_id: unit.id,
            quantity: line.quantity,
            base_unit_id: item.base_unit_id,
            base_quantity,
            ratio,
            date: scope.date,
        };
        let prices: Vec<&ItemPrice> = self.of_items.get(&item.id).into_iter().flatten().collect();
        if let Some(found) = price_in_list(&prices, &wanted) {
            let discount = Some(found.listed.discount_percent).filter(|percent| !percent.is_zero());
            return Some(LinePrice { price: found.price, source: "price_list", discount });
        }
        let own = item.sales_price.filter(|_| {
            scope.side == TradeSide::Sale && scope.currency == scope.company && !scope.include_vat
        });
        if let Some(price) = own.and_then(|price| ratio.price_of(price)) {
            return Some(LinePrice { price, source: "item", discount: None });
        }
        violations.push(
            Violation::new(&PRICE_NOT_FOUND)
                .at(format!("{}/unitPrice", line.at))
                .with("item", &item.code)
                .with("unit", &unit.code)
                .with("currency", scope.currency)
                .with("date", scope.date),
        );
        None
    }
}
