//! Prices of lines that name none (R55).

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::documents::document_type::TradeSide;
use domain::error::{Violation, Violations};
use domain::items::item::{Item, ItemId};
use domain::items::price::{ItemPrice, PRICE_NOT_FOUND, Wanted, price_in_list};
use domain::items::price_list::{PriceList, PriceListId};
use domain::items::unit::Unit;
use domain::money::{CurrencyCode, Percentage, Price, Quantity};
use domain::parties::party_group::{PartyGroup, PartyGroupId};
use uuid::Uuid;

use super::line::Line;
use crate::documents::ports::StoredDocument;
use crate::documents::views::DocumentLineView;
use crate::error::AppResult;
use crate::master_data::Records;
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

/// Where the price of a line may come from, in this order after one that is given.
const CUSTOMER_LIST: &str = "customer_list";
const GROUP_LIST: &str = "group_list";
const DEFAULT_LIST: &str = "price_list";
const OF_ITEM: &str = "item";

/// The prices of the lists that lines are looked up in, and those that a draft keeps.
#[derive(Default)]
pub struct Prices {
    lists: Vec<(PriceListId, &'static str)>,
    of_items: HashMap<(PriceListId, ItemId), Vec<ItemPrice>>,
    kept: HashMap<u32, (Uuid, Option<Uuid>, LinePrice)>,
    /// The customer's own list, where its prices include VAT and those of the document do not, or the other way round.
    unusable: Option<String>,
}

/// The list of the customer and the group, which may have a list.
type Lists = (Option<PriceListId>, Option<PartyGroupId>);

/// The conditions under which prices are looked up.
#[derive(Debug, Clone, Copy)]
pub struct PriceScope {
    pub side: TradeSide,
    pub currency: CurrencyCode,
    pub company: CurrencyCode,
    pub include_vat: bool,
    pub date: NaiveDate,
}

impl Prices {
    /// A few reads, and none where every line has its price.
    pub async fn learn(
        uow: &mut dyn UnitOfWork,
        (scope, named, draft): (PriceScope, Lists, Option<&StoredDocument>),
        lines: &[Line],
        items: &crate::items::known::Known<Item>,
    ) -> AppResult<Self> {
        let mut prices = Self { kept: kept(scope, draft), ..Self::default() };
        let unpriced = lines.iter().filter(|line| line.unit_price.is_none());
        let unpriced = unpriced.filter(|line| !prices.kept.contains_key(&line.line_no.unwrap_or_default()));
        let wanted = unpriced.filter_map(|line| items.get(line.item.as_ref()?)).map(|item| item.id);
        let wanted: BTreeSet<ItemId> = wanted.collect();
        if wanted.is_empty() || scope.side == TradeSide::Purchase {
            return Ok(prices);
        }
        (prices.lists, prices.unusable) = lists(uow, scope, named).await?;
        let ids: BTreeSet<PriceListId> = prices.lists.iter().map(|(id, _)| *id).collect();
        if !ids.is_empty() {
            for stored in uow.items().prices_from(&ids, &wanted, scope.date).await? {
                let price = stored.value;
                prices.of_items.entry((price.price_list_id, price.item_id)).or_default().push(price);
            }
        }
        Ok(prices)
    }

    pub fn unusable_list(&self) -> Option<&str> {
        self.unusable.as_deref()
    }

    /// The price that a draft found for the same item in the same unit.
    fn kept(&self, line: &Line, item: &Item, unit: &Unit) -> Option<LinePrice> {
        let (of, sold_in, price) = self.kept.get(&line.line_no?)?;
        (*of == item.id.uuid() && *sold_in == Some(unit.id.uuid())).then_some(*price)
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
        if let Some(kept) = self.kept(line, item, unit) {
            return Some(kept);
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
        for (list, source) in &self.lists {
            let prices: Vec<&ItemPrice> =
                self.of_items.get(&(*list, item.id)).into_iter().flatten().collect();
            if let Some(found) = price_in_list(&prices, &wanted) {
                let discount = Some(found.listed.discount_percent).filter(|percent| !percent.is_zero());
                return Some(LinePrice { price: found.price, source, discount });
            }
        }
        let own = item.sales_price.filter(|_| {
            scope.side == TradeSide::Sale && scope.currency == scope.company && !scope.include_vat
        });
        if let Some(price) = own.and_then(|price| ratio.price_of(price)) {
            return Some(LinePrice { price, source: OF_ITEM, discount: None });
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

/// The lists in whose order prices are looked for: those in the currency that hold on the day and agree about VAT (R55).
async fn lists(
    uow: &mut dyn UnitOfWork,
    scope: PriceScope,
    (own, group): Lists,
) -> AppResult<(Vec<(PriceListId, &'static str)>, Option<String>)> {
    let group = match group {
        Some(group) => Records::<PartyGroup>::find(uow, group).await?.map(|stored| stored.value),
        None => None,
    };
    let default = uow.items().default_price_list(scope.currency).await?;
    let named = [
        (own, CUSTOMER_LIST),
        (group.and_then(|group| group.price_list_id), GROUP_LIST),
        (default, DEFAULT_LIST),
    ];
    let named: Vec<_> = named.into_iter().filter_map(|(id, source)| Some((id?, source))).collect();
    if named.is_empty() {
        return Ok((Vec::new(), None));
    }
    let found = uow.items().price_lists(&named.iter().map(|(id, _)| Reference::Id(*id)).collect()).await?;
    let fits = |id: PriceListId| {
        found.iter().any(|list| {
            list.id == id
                && list.currency == scope.currency
                && list.prices_include_vat == scope.include_vat
                && list.holds_on(scope.date)
        })
    };
    let other_vat = |list: &&PriceList| {
        Some(list.id) == own
            && list.currency == scope.currency
            && list.prices_include_vat != scope.include_vat
    };
    let unusable = found.iter().find(other_vat).map(|list| list.code.to_string());
    Ok((named.into_iter().filter(|(id, _)| fits(*id)).collect(), unusable))
}

/// The prices that a draft found in lists and of items, by line: none of another currency, and none that disagrees about VAT.
fn kept(scope: PriceScope, draft: Option<&StoredDocument>) -> HashMap<u32, (Uuid, Option<Uuid>, LinePrice)> {
    let same = |draft: &&StoredDocument| {
        draft.currency == scope.currency && draft.view.prices_include_vat == Some(scope.include_vat)
    };
    let lines = draft.filter(same).map(|draft| draft.lines.as_slice()).unwrap_or_default();
    let price = |line: &DocumentLineView| {
        let sources = [CUSTOMER_LIST, GROUP_LIST, DEFAULT_LIST, OF_ITEM];
        let source = sources.into_iter().find(|source| *source == line.price_source)?;
        let discount = line.discount_percent.as_deref().and_then(|text| Percentage::parse(text).ok());
        let price = LinePrice { price: Price::parse(&line.unit_price).ok()?, source, discount };
        Some((line.line_no, (line.item_id?, line.unit_id, price)))
    };
    lines.iter().filter_map(price).collect()
}
