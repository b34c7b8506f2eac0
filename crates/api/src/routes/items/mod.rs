//! Items, units and prices over HTTP.

mod price_quotes;
mod prices;

use domain::items::category::ItemCategory;
use domain::items::item::Item;
use domain::items::price_list::PriceList;
use domain::items::unit::Unit;

use super::master_data;
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    master_data::operations::<Unit>(ops);
    master_data::operations::<ItemCategory>(ops);
    master_data::operations::<Item>(ops);
    master_data::operations::<PriceList>(ops);
    prices::operations(ops);
    price_quotes::operations(ops);
}
