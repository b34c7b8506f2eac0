//! Items and prices in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::TenantId;
use domain::items::category::{ItemCategory, ItemCategoryId};
use domain::items::conversion::Ratio;
use domain::items::item::{Item, ItemId};
use domain::items::price::ItemPrice;
use domain::items::price_list::{PriceList, PriceListId};
use domain::items::unit::{Unit, UnitId};
use domain::money::{CurrencyCode, Price};
use domain::tax::tax_code::{TaxCode, TaxCodeId};
use domain::text::Code;

use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;
use crate::reference::Reference;

/// The barcodes of a tenant that are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarcodeOwner {
    /// The barcode in the form in which barcodes are compared.
    pub key: String,
    pub item_id: ItemId,
    pub item_code: Code,
}

/// Records named by id or by code are read in one statement for each way of naming them; unknown ones are left out.
#[async_trait]
pub trait ItemRepository: Send {
    async fn units(&mut self, named: &BTreeSet<Reference<UnitId>>) -> StorageResult<Vec<Unit>>;
    async fn categories(
        &mut self,
        named: &BTreeSet<Reference<ItemCategoryId>>,
    ) -> StorageResult<Vec<ItemCategory>>;
    async fn tax_codes(&mut self, named: &BTreeSet<Reference<TaxCodeId>>) -> StorageResult<Vec<TaxCode>>;
    async fn items(&mut self, named: &BTreeSet<Reference<ItemId>>) -> StorageResult<Vec<Stored<Item>>>;
    async fn price_lists(
        &mut self,
        named: &BTreeSet<Reference<PriceListId>>,
    ) -> StorageResult<Vec<PriceList>>;

    /// The list for customers who have none of their own.
    async fn default_price_list(&mut self, currency: CurrencyCode) -> StorageResult<Option<PriceListId>>;

    /// The resources whose records name a tax code.
    async fn users_of_tax_code(&mut self, id: TaxCodeId) -> StorageResult<Vec<&'static str>>;
    /// Codes of items whose keys ([`domain::text::code_key`]) are among these; adapters MAY tell letters beyond ASCII by their
    /// case.
    async fn codes_like(&mut self, keys: &BTreeSet<String>) -> StorageResult<Vec<String>>;
    /// The owners of the barcodes, which are given in the form in which they are compared.
    async fn barcode_owners(&mut self, keys: &BTreeSet<String>) -> StorageResult<Vec<BarcodeOwner>>;
    /// The units in which an item has prices.
    async fn priced_units(&mut self, item: ItemId) -> StorageResult<BTreeSet<UnitId>>;

    /// The categories above one, nearest first; never more than [`domain::items::category::CATEGORY_DEPTH_MAX`].
    async fn category_ancestors(&mut self, id: ItemCategoryId) -> StorageResult<Vec<ItemCategoryId>>;
    /// How many levels lie below a category.
    async fn category_levels_below(&mut self, id: ItemCategoryId) -> StorageResult<usize>;

    /// Keeps other transactions from writing prices of the lists until this one ends.
    async fn lock_price_lists(&mut self, lists: &BTreeSet<PriceListId>) -> StorageResult<()>;
    /// Prices of the items in the lists that hold on a day from `from` on.
    async fn prices_from(
        &mut self,
        lists: &BTreeSet<PriceListId>,
        items: &BTreeSet<ItemId>,
        from: NaiveDate,
    ) -> StorageResult<Vec<Stored<ItemPrice>>>;
    async fn add_prices(&mut self, prices: &[ItemPrice]) -> StorageResult<()>;
    /// Replaces a price that was read in this transaction.
    async fn rewrite_price(&mut self, price: &ItemPrice) -> StorageResult<()>;
}

/// An item in one of its units, as prices are looked up for it.
#[derive(Debug, Clone)]
pub struct QuotedUnit {
    pub item_id: ItemId,
    pub item_code: Code,
    pub sales_unit_id: Option<UnitId>,
    pub base_unit_id: UnitId,
    pub base_decimals: u8,
    pub sales_price: Option<Price>,
    pub company_currency: CurrencyCode,
    pub unit_id: UnitId,
    pub unit_code: Code,
    pub ratio: Ratio,
}

/// Reads for prices. Each MUST be one statement, however many are asked for.
#[async_trait]
pub trait PriceQueries: Send + Sync {
    /// Every unit of each of the items.
    async fn quoted_units(
        &self,
        tenant: TenantId,
        items: &BTreeSet<Reference<ItemId>>,
    ) -> AppResult<Vec<QuotedUnit>>;

    /// The list that is named, and the default one of the currency.
    async fn quoted_lists(
        &self,
        tenant: TenantId,
        named: Option<&Reference<PriceListId>>,
        currency: CurrencyCode,
    ) -> AppResult<Vec<PriceList>>;

    /// Prices of the items in the lists that hold on one of the days.
    async fn quoted_prices(
        &self,
        tenant: TenantId,
        lists: &BTreeSet<PriceListId>,
        items: &BTreeSet<ItemId>,
        days: (NaiveDate, NaiveDate),
    ) -> AppResult<Vec<ItemPrice>>;
}
