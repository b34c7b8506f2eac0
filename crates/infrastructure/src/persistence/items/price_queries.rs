//! Reads for prices: one statement each, however many are asked for.

use std::collections::BTreeSet;

use application::error::AppResult;
use application::items::ports::{PriceQueries, QuotedUnit};
use application::ports::storage_error::StorageResult;
use application::reference::Reference;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::{Id, TenantId};
use domain::items::conversion::Ratio;
use domain::items::item::ItemId;
use domain::items::price::ItemPrice;
use domain::items::price_list::{PriceList, PriceListId};
use domain::money::CurrencyCode;
use domain::text::Code;

use crate::persistence::table::Table;
use crate::sql::db::Db;
use crate::sql::value::{Columns, Value, code_list, id_list};
use crate::{rows_of, statements};

statements! {
    UNITS = "items.price_quote.units":
        "SELECT i.id, i.code, i.sales_unit_id, i.base_unit_id, b.decimals AS base_decimals, i.sales_price, \
         c.currency AS company_currency, u.id AS unit_id, u.code AS unit_code, n.numerator, n.denominator \
         FROM item i INNER JOIN tenant c ON c.id = i.tenant_id \
         INNER JOIN unit b ON b.tenant_id = i.tenant_id AND b.id = i.base_unit_id \
         INNER JOIN item_unit n ON n.tenant_id = i.tenant_id AND n.item_id = i.id \
         INNER JOIN unit u ON u.tenant_id = n.tenant_id AND u.id = n.unit_id \
         WHERE i.tenant_id = ?1 AND (i.id IN ({ids ?2}) OR i.code IN ({codes ?3}))";
    LISTS = "items.price_quote.lists": rows_of!(
        PriceList,
        " WHERE t.tenant_id = ?1 AND (t.id IN ({ids ?2}) OR t.code IN ({codes ?3}) OR (t.currency = ?4 AND t.is_default = 1))"
    );
    PRICES = "items.price_quote.prices": rows_of!(
        ItemPrice,
        " WHERE t.tenant_id = ?1 AND t.price_list_id IN ({ids ?2}) AND t.item_id IN ({ids ?3}) AND t.valid_from <= ?5 \
         AND (t.valid_to IS NULL OR t.valid_to >= ?4)"
    );
}

/// The ids and the codes among the references.
fn named<'r, T: 'r>(references: impl Iterator<Item = &'r Reference<Id<T>>> + Clone) -> (Value, Value) {
    let ids = references.clone().filter_map(|reference| match reference {
        Reference::Id(id) => Some(id.uuid()),
        Reference::Code(_) => None,
    });
    let codes = references.filter_map(|reference| match reference {
        Reference::Code(code) => Some(code.as_str()),
        Reference::Id(_) => None,
    });
    (id_list(ids), code_list(codes))
}

fn quoted_unit(columns: &mut Columns) -> StorageResult<QuotedUnit> {
    Ok(QuotedUnit {
        item_id: columns.get("id")?,
        item_code: columns.parse("code", Code::stored)?,
        sales_unit_id: columns.get("sales_unit_id")?,
        base_unit_id: columns.get("base_unit_id")?,
        base_decimals: columns.get("base_decimals")?,
        sales_price: columns.get("sales_price")?,
        company_currency: columns.get("company_currency")?,
        unit_id: columns.get("unit_id")?,
        unit_code: columns.parse("unit_code", Code::stored)?,
        ratio: {
            let (numerator, denominator) = (columns.get("numerator")?, columns.get("denominator")?);
            let ratio = Ratio::new(numerator, denominator);
            ratio.ok_or_else(|| columns.corrupt("denominator", "no ratio"))?
        },
    })
}

#[async_trait]
impl PriceQueries for Db {
    async fn quoted_units(
        &self,
        tenant: TenantId,
        items: &BTreeSet<Reference<ItemId>>,
    ) -> AppResult<Vec<QuotedUnit>> {
        let (ids, codes) = named(items.iter());
        let rows = self.query(&UNITS, &[tenant.into(), ids, codes]).await?;
        let units = rows.into_iter().map(|row| quoted_unit(&mut row.columns("item")));
        Ok(units.collect::<StorageResult<_>>()?)
    }

    async fn quoted_lists(
        &self,
        tenant: TenantId,
        named_list: Option<&Reference<PriceListId>>,
        currency: CurrencyCode,
    ) -> AppResult<Vec<PriceList>> {
        let (ids, codes) = named(named_list.into_iter());
        let rows = self.query(&LISTS, &[tenant.into(), ids, codes, currency.into()]).await?;
        let lists = rows.into_iter().map(|row| PriceList::read(&mut row.columns("price_list")));
        Ok(lists.collect::<StorageResult<_>>()?)
    }

    async fn quoted_prices(
        &self,
        tenant: TenantId,
        lists: &BTreeSet<PriceListId>,
        items: &BTreeSet<ItemId>,
        (first, last): (NaiveDate, NaiveDate),
    ) -> AppResult<Vec<ItemPrice>> {
        let lists = id_list(lists.iter().map(|id| id.uuid()));
        let items = id_list(items.iter().map(|id| id.uuid()));
        let rows = self.query(&PRICES, &[tenant.into(), lists, items, first.into(), last.into()]).await?;
        let prices = rows.into_iter().map(|row| ItemPrice::read(&mut row.columns("price")));
        Ok(prices.collect::<StorageResult<_>>()?)
    }
}
