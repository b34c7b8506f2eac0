//! Many prices at once: those of the same item, unit, quantity and first day are replaced, the others are new.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::error::Violation;
use domain::items::item::{Item, ItemId};
use domain::items::price::{ItemPrice, PriceId, PriceKey};
use domain::items::price_list::PriceListId;
use domain::items::unit::Unit;

use super::{PriceInput, PriceView};
use crate::changes::record;
use crate::error::AppResult;
use crate::items::error::PRICE_REPEATED;
use crate::items::known::Known;
use crate::master_data::Described;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

/// The items and units that prices name.
pub struct Learned {
    pub items: Known<Item>,
    pub units: Known<Unit>,
}

impl Learned {
    /// Reads them for all of the prices at once.
    pub async fn of(
        uow: &mut dyn UnitOfWork,
        inputs: impl Iterator<Item = &PriceInput> + Send,
    ) -> AppResult<Self> {
        let (mut items, mut units) = (BTreeSet::new(), BTreeSet::new());
        for input in inputs {
            items.extend(input.item.clone());
            units.extend(input.unit.clone());
        }
        let items = uow.items().items(&items).await?;
        Ok(Self {
            items: Known::new(items.into_iter().map(|stored| stored.value).collect()),
            units: Known::new(uow.items().units(&units).await?),
        })
    }
}

/// A price that is to be kept, with its place in the request.
#[derive(Debug, Clone)]
pub struct Planned {
    pub index: usize,
    pub price: ItemPrice,
}

/// The prices to create and to update, and how many stay unchanged.
#[derive(Default)]
pub struct Plan {
    pub created: Vec<ItemPrice>,
    /// The place in the request, the price as it was, and as it will be.
    pub updated: Vec<(usize, Stored<ItemPrice>, ItemPrice)>,
    pub unchanged: usize,
}

/// The prices of one item, unit and quantity of a list by their first day.
type Timeline = BTreeMap<NaiveDate, (ItemPrice, Option<usize>)>;

impl Plan {
    /// Compares the prices with those that are there. Whatever overlaps is told by its place in the request.
    pub async fn of(
        uow: &mut dyn UnitOfWork,
        planned: Vec<Planned>,
    ) -> AppResult<Result<Self, Vec<(usize, Violation)>>> {
        let Some(first) = planned.iter().map(|planned| planned.price.valid_from).min() else {
            return Ok(Ok(Self::default()));
        };
        let lists: BTreeSet<PriceListId> = planned.iter().map(|one| one.price.price_list_id).collect();
        let items: BTreeSet<ItemId> = planned.iter().map(|one| one.price.item_id).collect();
        uow.items().lock_price_lists(&lists).await?;
        let stored = uow.items().prices_from(&lists, &items, first).await?;
        let mut timelines: BTreeMap<(PriceListId, PriceKey), Timeline> = BTreeMap::new();
        let mut there: BTreeMap<PriceId, Stored<ItemPrice>> = BTreeMap::new();
        for stored in stored {
            let price = stored.value.clone();
            timelines.entry(of(&price)).or_default().insert(price.valid_from, (price, None));
            there.insert(stored.value.id, stored);
        }
        let (mut plan, mut refused) = (Self::default(), Vec::new());
        for Planned { index, mut price } in planned {
            let timeline = timelines.entry(of(&price)).or_default();
            match timeline.get(&price.valid_from) {
                Some((_, Some(_))) => {
                    refused.push((index, Violation::new(&PRICE_REPEATED).at("/validFrom")));
                    continue;
                }
                Some((known, None)) => {
                    (price.id, price.version) = (known.id, known.version);
                    match there.remove(&known.id) {
                        Some(_) if *known == price => plan.unchanged += 1,
                        Some(before) => plan.updated.push((index, before, price.clone())),
                        None => {}
                    }
                }
                None => {
                    price.id = PriceId::new(uow.new_id());
                    plan.created.push(price.clone());
                }
            }
            timeline.insert(price.valid_from, (price, Some(index)));
        }
        refused.extend(timelines.values().flat_map(overlaps));
        Ok(if refused.is_empty() { Ok(plan) } else { Err(refused) })
    }

    /// Writes what is new and what changed.
    pub async fn carry_out(self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let (entity, now) = (ItemPrice::RESOURCE.entity, uow.now());
        uow.items().add_prices(&self.created).await?;
        for price in self.created {
            let view = PriceView::from(&Stored { value: price, updated_at: now });
            record(uow, entity, view.id, "created", None, Some(&view));
        }
        for (_, before, mut price) in self.updated {
            price.version += 1;
            uow.items().rewrite_price(&price).await?;
            let view = PriceView::from(&Stored { value: price, updated_at: now });
            record(uow, entity, view.id, "updated", Some(&PriceView::from(&before)), Some(&view));
        }
        Ok(())
    }
}

fn of(price: &ItemPrice) -> (PriceListId, PriceKey) {
    (price.price_list_id, price.key())
}

/// Neighbours that hold on the same day; the one that the request names is told.
fn overlaps(timeline: &Timeline) -> Vec<(usize, Violation)> {
    let neighbours = timeline.values().zip(timeline.values().skip(1));
    let overlapping = neighbours.filter(|((one, _), (next, _))| one.overlaps(next));
    let told = overlapping.filter_map(|((one, first), (next, second))| match (first, second) {
        (_, Some(index)) => Some((*index, one.overlapped())),
        (Some(index), None) => Some((*index, next.overlapped())),
        (None, None) => None,
    });
    told.collect()
}
