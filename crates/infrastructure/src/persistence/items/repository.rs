//! [`ItemRepository`] in SQL.

use std::collections::BTreeSet;

use application::items::ports::{BarcodeOwner, ItemRepository};
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use application::reference::Reference;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::Id;
use domain::items::category::{CATEGORY_DEPTH_MAX, ItemCategory, ItemCategoryId};
use domain::items::item::{Item, ItemId};
use domain::items::price::ItemPrice;
use domain::items::price_list::{PriceList, PriceListId};
use domain::items::unit::{Unit, UnitId};
use domain::money::CurrencyCode;
use domain::tax::tax_code::{TaxCode, TaxCodeId};
use domain::text::Code;

use super::{categories, item, price_lists, units};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::{Table, stored};
use crate::sql::statement::Lookup;
use crate::sql::value::{Value, code_list, id_list};

impl SqlUnitOfWork {
    /// The records named by id or by code.
    async fn named<R: Table>(
        &mut self,
        (by_id, by_code): (&'static Lookup, &'static Lookup),
        named: &BTreeSet<Reference<Id<R>>>,
    ) -> StorageResult<Vec<Stored<R>>> {
        let (mut ids, mut codes) = (Vec::new(), Vec::new());
        for reference in named {
            match reference {
                Reference::Id(id) => ids.push(Value::from(*id)),
                Reference::Code(code) => codes.push(Value::from(code)),
            }
        }
        let mut found = Vec::with_capacity(named.len());
        for (lookup, keys) in [(by_id, ids), (by_code, codes)] {
            if keys.is_empty() {
                continue;
            }
            for row in self.tx.lookup(lookup, self.tenant, keys.into_iter()).await? {
                found.push(stored(&mut row.columns(R::table().name))?);
            }
        }
        Ok(found)
    }

    async fn named_values<R: Table>(
        &mut self,
        lookups: (&'static Lookup, &'static Lookup),
        named: &BTreeSet<Reference<Id<R>>>,
    ) -> StorageResult<Vec<R>> {
        let found = self.named(lookups, named).await?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }
}

#[async_trait]
impl ItemRepository for SqlUnitOfWork {
    async fn units(&mut self, named: &BTreeSet<Reference<UnitId>>) -> StorageResult<Vec<Unit>> {
        self.named_values((&units::BY_ID, &units::BY_CODE), named).await
    }

    async fn categories(
        &mut self,
        named: &BTreeSet<Reference<ItemCategoryId>>,
    ) -> StorageResult<Vec<ItemCategory>> {
        self.named_values((&categories::BY_ID, &categories::BY_CODE), named).await
    }

    async fn tax_codes(&mut self, named: &BTreeSet<Reference<TaxCodeId>>) -> StorageResult<Vec<TaxCode>> {
        self.named_values((&categories::TAX_CODES_BY_ID, &categories::TAX_CODES_BY_CODE), named).await
    }

    async fn items(&mut self, named: &BTreeSet<Reference<ItemId>>) -> StorageResult<Vec<Stored<Item>>> {
        self.named((&item::BY_ID, &item::BY_CODE), named).await
    }

    async fn price_lists(
        &mut self,
        named: &BTreeSet<Reference<PriceListId>>,
    ) -> StorageResult<Vec<PriceList>> {
        self.named_values((&price_lists::BY_ID, &price_lists::BY_CODE), named).await
    }

    async fn default_price_list(&mut self, currency: CurrencyCode) -> StorageResult<Option<PriceListId>> {
        let row = self.tx.find(&price_lists::DEFAULT, &[self.tenant.into(), currency.into()]).await?;
        row.map(|row| row.single("price_list", "id")).transpose()
    }

    async fn users_of_tax_code(&mut self, id: TaxCodeId) -> StorageResult<Vec<&'static str>> {
        let mut users = Vec::new();
        let statements =
            [(&categories::NAMING_TAX_CODE, "item-categories"), (&item::NAMING_TAX_CODE, "items")];
        for (statement, user) in statements {
            if self.tx.find(statement, &[self.tenant.into(), id.into()]).await?.is_some() {
                users.push(user);
            }
        }
        Ok(users)
    }

    async fn codes_like(&mut self, keys: &BTreeSet<String>) -> StorageResult<Vec<String>> {
        let params = [self.tenant.into(), code_list(keys.iter().map(String::as_str))];
        let rows = self.tx.query(&item::CODES_LIKE, &params).await?;
        rows.into_iter().map(|row| row.single("item", "code")).collect()
    }

    async fn barcode_owners(&mut self, keys: &BTreeSet<String>) -> StorageResult<Vec<BarcodeOwner>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.tx.lookup(&item::OWNERS, self.tenant, keys.iter().map(Value::from)).await?;
        let owner = |row: crate::sql::value::Row| {
            let mut columns = row.columns("item_barcode");
            Ok(BarcodeOwner {
                key: columns.get("code")?,
                item_id: columns.get("item_id")?,
                item_code: columns.parse("item_code", Code::stored)?,
            })
        };
        rows.into_iter().map(owner).collect()
    }

    async fn priced_units(&mut self, item: ItemId) -> StorageResult<BTreeSet<UnitId>> {
        let rows = self.tx.query(&item::PRICED_UNITS, &[self.tenant.into(), item.into()]).await?;
        rows.into_iter().map(|row| row.single("price", "unit_id")).collect()
    }

    async fn category_ancestors(&mut self, id: ItemCategoryId) -> StorageResult<Vec<ItemCategoryId>> {
        let mut ancestors = Vec::new();
        let mut at = id;
        while ancestors.len() < CATEGORY_DEPTH_MAX {
            let params = [self.tenant.into(), at.into()];
            let Some(row) = self.tx.find(&categories::PARENT, &params).await? else { break };
            at = row.single("item_category", "parent_id")?;
            ancestors.push(at);
        }
        Ok(ancestors)
    }

    async fn category_levels_below(&mut self, id: ItemCategoryId) -> StorageResult<usize> {
        let mut level: BTreeSet<ItemCategoryId> = [id].into();
        for depth in 0..CATEGORY_DEPTH_MAX {
            let keys: Vec<Value> = level.iter().map(|id| (*id).into()).collect();
            let rows = self.tx.lookup(&categories::CHILDREN, self.tenant, keys.into_iter()).await?;
            if rows.is_empty() {
                return Ok(depth);
            }
            let ids = rows.into_iter().map(|row| row.single("item_category", "id"));
            level = ids.collect::<StorageResult<_>>()?;
        }
        Ok(CATEGORY_DEPTH_MAX)
    }

    async fn lock_price_lists(&mut self, lists: &BTreeSet<PriceListId>) -> StorageResult<()> {
        let lists = id_list(lists.iter().map(|id| id.uuid()));
        self.tx.execute(&price_lists::LOCK, &[self.tenant.into(), lists]).await.map(|_| ())
    }

    async fn prices_from(
        &mut self,
        lists: &BTreeSet<PriceListId>,
        items: &BTreeSet<ItemId>,
        from: NaiveDate,
    ) -> StorageResult<Vec<Stored<ItemPrice>>> {
        let lists = id_list(lists.iter().map(|id| id.uuid()));
        let items = id_list(items.iter().map(|id| id.uuid()));
        let rows =
            self.tx.query(&price_lists::FROM, &[self.tenant.into(), lists, items, from.into()]).await?;
        rows.into_iter().map(|row| stored(&mut row.columns("price"))).collect()
    }

    async fn add_prices(&mut self, prices: &[ItemPrice]) -> StorageResult<()> {
        let rows: Vec<_> = prices
            .iter()
            .map(|price| {
                let mut row = self.row_of(price);
                // Of a new row, both times are now.
                row.insert(row.len() - 1, self.now.into());
                row
            })
            .collect();
        self.tx.insert_many(&price_lists::PRICE_INSERT, rows.into_iter()).await
    }

    async fn rewrite_price(&mut self, price: &ItemPrice) -> StorageResult<()> {
        let row = self.row_of(price);
        self.tx.execute_one(&ItemPrice::table().update, &row).await
    }
}
