//! Files of items, their units and their prices as read: nothing is looked up yet.

use chrono::NaiveDate;
use domain::items::barcode::BarcodeKind;
use domain::items::conversion::Ratio;
use domain::items::item::{Blocked, HsCode, ItemKind};
use domain::items::match_policy::MatchPolicy;
use domain::money::{Percentage, Price, Quantity};
use domain::text::{Code, LocalizedName};

use super::cells::Place;
use super::row_errors::RowErrors;

/// A file of one of the three kinds.
#[derive(Debug, Clone)]
pub struct RowFile<T> {
    pub(super) rows: Vec<(Place, T)>,
    pub(super) errors: RowErrors,
}

impl<T> Default for RowFile<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), errors: RowErrors::default() }
    }
}

impl<T> RowFile<T> {
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }
}

/// One item. `None` stands for an empty cell or no column: an existing item keeps its value, a new one gets the default.
#[derive(Debug, Clone)]
pub struct FileItem {
    pub code: Code,
    pub name: LocalizedName,
    pub category: Code,
    pub base_unit: Code,
    pub kind: Option<ItemKind>,
    pub barcode: Option<(Code, BarcodeKind)>,
    pub sales_unit: Option<Code>,
    pub purchase_unit: Option<Code>,
    pub sales_price: Option<Price>,
    pub sales_tax_code: Option<Code>,
    pub purchase_tax_code: Option<Code>,
    pub weight: Option<Quantity>,
    pub volume: Option<Quantity>,
    pub hs_code: Option<HsCode>,
    pub match_policy: Option<MatchPolicy>,
    pub over_receipt_percent: Option<Percentage>,
    pub blocked: Option<Blocked>,
    pub blocked_reason: Option<String>,
    pub active: Option<bool>,
}

/// A unit of an item.
#[derive(Debug, Clone)]
pub struct FileItemUnit {
    pub item: Code,
    pub unit: Code,
    pub ratio: Ratio,
}

/// A price in a list.
#[derive(Debug, Clone)]
pub struct FilePrice {
    pub list: Code,
    pub item: Code,
    pub unit: Code,
    pub price: Price,
    pub quantity_from: Quantity,
    /// The day of the import when there is none.
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub discount_percent: Percentage,
}

pub type ItemFile = RowFile<FileItem>;
pub type ItemUnitFile = RowFile<FileItemUnit>;
pub type PriceFile = RowFile<FilePrice>;
