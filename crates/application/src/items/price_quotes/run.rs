//! Computes the prices of the lines, and reports every violation.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::TenantId;
use domain::items::item::{ItemId, UNIT_UNKNOWN_FOR_ITEM};
use domain::items::price::{ItemPrice, PRICE_NOT_FOUND, QUANTITY_NEGATIVE, Wanted, price_in_list};
use domain::items::price_list::{PriceList, PriceListId};
use domain::items::unit::UnitId;
use domain::money::{Percentage, Price, Quantity};

use super::body::{PriceQuoteBody, PriceQuoteLineBody};
use super::view::{PriceQuoteLineView, PriceQuoteView};
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::items::known::{Known, Names};
use crate::items::ports::{PriceQueries, QuotedUnit};
use crate::reference::{Reference, by_id_or_code};
use crate::wire::REQUIRED;

/// Looks up prices.
#[derive(Clone)]
pub struct PriceQuotes {
    pub prices: Arc<dyn PriceQueries>,
}

/// A line whose item and unit are known.
struct Line<'f> {
    index: usize,
    unit: &'f QuotedUnit,
    quantity: Quantity,
    wanted: Wanted,
}

/// The lists in the order in which they are asked, and their prices by item.
struct Sources {
    lists: Vec<(&'static str, PriceList)>,
    prices: HashMap<(PriceListId, ItemId), Vec<ItemPrice>>,
}

impl PriceQuotes {
    /// `today` is the day of lines that name none. Three statements, however many lines there are.
    pub async fn run(
        &self,
        tenant: TenantId,
        today: NaiveDate,
        body: &PriceQuoteBody,
    ) -> AppResult<PriceQuoteView> {
        let mut violations = Violations::new();
        let date = body.date.unwrap_or(today);
        let named: BTreeSet<_> = body.lines.0.iter().filter_map(item_of).collect();
        let units = self.prices.quoted_units(tenant, &named).await?;
        let units = Units::new(&units);
        let lists = self.lists(tenant, body, &mut violations).await?;
        let mut lines = Vec::with_capacity(body.lines.0.len());
        for (index, line) in body.lines.0.iter().enumerate() {
            lines.extend(units.line(index, line, date, &mut violations));
        }
        let sources = self.sources(tenant, lists, &lines).await?;
        let mut views = Vec::with_capacity(lines.len());
        for line in &lines {
            match sources.price(line, body) {
                Some(view) => views.push(view),
                None => violations.push(
                    Violation::new(&PRICE_NOT_FOUND)
                        .at(format!("/lines/{}", line.index))
                        .with("item", &line.unit.item_code)
                        .with("unit", &line.unit.unit_code)
                        .with("currency", body.currency)
                        .with("date", line.wanted.date),
                ),
            }
        }
        Ok(violations.into_result(PriceQuoteView {
            currency: body.currency.to_string(),
            prices_include_vat: body.prices_include_vat,
            lines: views,
        })?)
    }

    /// The list that is named, then the default one of the currency; of these the ones whose prices may be taken.
    async fn lists(
        &self,
        tenant: TenantId,
        body: &PriceQuoteBody,
        violations: &mut Violations,
    ) -> AppResult<Vec<(&'static str, PriceList)>> {
        let named = by_id_or_code(body.price_list_id, body.price_list_code.clone());
        let known = Known::new(self.prices.quoted_lists(tenant, named.as_ref(), body.currency).await?);
        let names = Names { at: "", id: "priceListId", code: "priceListCode" };
        let first = named.as_ref().and_then(|named| known.named(named, names, None, violations));
        let first_id = first.map(|list| list.id);
        let default = known
            .all()
            .iter()
            .find(|list| list.is_default && list.currency == body.currency && Some(list.id) != first_id);
        let first = first.map(|list| ("price_list", list.clone()));
        let default = default.map(|list| ("default_price_list", list.clone()));
        let fits = |list: &PriceList| {
            list.currency == body.currency && list.prices_include_vat == body.prices_include_vat
        };
        Ok(first.into_iter().chain(default).filter(|(_, list)| fits(list)).collect())
    }

    async fn sources(
        &self,
        tenant: TenantId,
        lists: Vec<(&'static str, PriceList)>,
        lines: &[Line<'_>],
    ) -> AppResult<Sources> {
        let ids: BTreeSet<PriceListId> = lists.iter().map(|(_, list)| list.id).collect();
        let items: BTreeSet<ItemId> = lines.iter().map(|line| line.unit.item_id).collect();
        let days = || lines.iter().map(|line| line.wanted.date);
        let mut prices: HashMap<_, Vec<ItemPrice>> = HashMap::new();
        if let (Some(first), Some(last), false) = (days().min(), days().max(), ids.is_empty()) {
            for price in self.prices.quoted_prices(tenant, &ids, &items, (first, last)).await? {
                prices.entry((price.price_list_id, price.item_id)).or_default().push(price);
            }
        }
        Ok(Sources { lists, prices })
    }
}

impl Sources {
    /// The first price there is: of the lists in their order, then the item's own, which is without VAT and in the company
    /// currency.
    fn price(&self, line: &Line<'_>, body: &PriceQuoteBody) -> Option<PriceQuoteLineView> {
        for (source, list) in self.lists.iter().filter(|(_, list)| list.holds_on(line.wanted.date)) {
            let prices = self.prices.get(&(list.id, line.unit.item_id)).map_or(&[][..], Vec::as_slice);
            let prices: Vec<&ItemPrice> = prices.iter().collect();
            if let Some(found) = price_in_list(&prices, &line.wanted) {
                let listed = Some((list.id, found.listed));
                return Some(view(line, source, found.price, found.converted, listed));
            }
        }
        let own = line
            .unit
            .sales_price
            .filter(|_| body.currency == line.unit.company_currency && !body.prices_include_vat)?;
        let converted = line.unit.unit_id != line.unit.base_unit_id;
        Some(view(line, "item", line.wanted.ratio.price_of(own)?, converted, None))
    }
}

fn view(
    line: &Line<'_>,
    price_source: &'static str,
    price: Price,
    converted: bool,
    listed: Option<(PriceListId, &ItemPrice)>,
) -> PriceQuoteLineView {
    let discount = listed.map_or(Percentage::ZERO, |(_, listed)| listed.discount_percent);
    PriceQuoteLineView {
        item_id: line.unit.item_id.uuid(),
        item_code: line.unit.item_code.to_string(),
        unit_id: line.unit.unit_id.uuid(),
        unit_code: line.unit.unit_code.to_string(),
        quantity: line.quantity.to_string(),
        base_quantity: line.wanted.base_quantity.to_string(),
        date: line.wanted.date,
        price: price.to_string(),
        discount_percent: discount.to_string(),
        price_source,
        converted,
        price_list_id: listed.map(|(id, _)| id.uuid()),
        price_id: listed.map(|(_, listed)| listed.id.uuid()),
    }
}

fn item_of(line: &PriceQuoteLineBody) -> Option<Reference<ItemId>> {
    by_id_or_code(line.item_id, line.item_code.clone())
}

/// The units of the items that are named.
struct Units<'f> {
    of_items: HashMap<ItemId, Vec<&'f QuotedUnit>>,
    items: HashMap<&'f str, ItemId>,
}

impl<'f> Units<'f> {
    fn new(units: &'f [QuotedUnit]) -> Self {
        let mut of_items: HashMap<ItemId, Vec<&QuotedUnit>> = HashMap::new();
        let mut items = HashMap::new();
        for unit in units {
            of_items.entry(unit.item_id).or_default().push(unit);
            items.insert(unit.item_code.as_str(), unit.item_id);
        }
        Self { of_items, items }
    }

    fn line(
        &self,
        index: usize,
        line: &PriceQuoteLineBody,
        date: NaiveDate,
        violations: &mut Violations,
    ) -> Option<Line<'f>> {
        let at = format!("/lines/{index}");
        let units = violations.check(&at, self.of_item(item_of(line)))?;
        let unit = violations.check(&at, unit_of(units, line))?;
        if line.quantity.is_negative() {
            violations.push(Violation::new(&QUANTITY_NEGATIVE).at(format!("{at}/quantity")));
            return None;
        }
        let base_quantity = unit.ratio.base_quantity(line.quantity, unit.base_decimals);
        let base_quantity = violations.check(&format!("{at}/quantity"), base_quantity)?;
        let wanted = Wanted {
            unit_id: unit.unit_id,
            quantity: line.quantity,
            base_unit_id: unit.base_unit_id,
            base_quantity,
            ratio: unit.ratio,
            date: line.date.unwrap_or(date),
        };
        Some(Line { index, unit, quantity: line.quantity, wanted })
    }

    fn of_item(&self, item: Option<Reference<ItemId>>) -> Result<&[&'f QuotedUnit], Violation> {
        let item = item.ok_or_else(|| Violation::new(&REQUIRED).at("/itemId"))?;
        let id = match &item {
            Reference::Id(id) => Some(id),
            Reference::Code(code) => self.items.get(code.as_str()),
        };
        id.and_then(|id| self.of_items.get(id)).map(Vec::as_slice).ok_or_else(|| match &item {
            Reference::Id(id) => unknown_reference("/itemId", "item", id),
            Reference::Code(code) => unknown_reference("/itemCode", "item", code),
        })
    }
}

/// The unit that a line names, or the item's unit of sales.
fn unit_of<'f>(units: &[&'f QuotedUnit], line: &PriceQuoteLineBody) -> Result<&'f QuotedUnit, Violation> {
    let item = units.first().map(|unit| unit.item_code.to_string()).unwrap_or_default();
    let unknown = |member: &str, unit: String| {
        Violation::new(&UNIT_UNKNOWN_FOR_ITEM).at(format!("/{member}")).with("unit", unit).with("item", item)
    };
    let by_id = |id: UnitId| units.iter().copied().find(|unit| unit.unit_id == id);
    match by_id_or_code(line.unit_id, line.unit_code.clone()) {
        Some(Reference::Id(id)) => by_id(id).ok_or_else(|| unknown("unitId", id.to_string())),
        Some(Reference::Code(code)) => {
            let named = units.iter().copied().find(|unit| unit.unit_code.as_str() == code);
            named.ok_or_else(|| unknown("unitCode", code))
        }
        None => {
            let sales = units.first().map(|unit| unit.sales_unit_id.unwrap_or(unit.base_unit_id));
            sales.and_then(by_id).ok_or_else(|| unknown("unitId", String::new()))
        }
    }
}
