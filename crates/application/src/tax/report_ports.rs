//! What reports of taxes read.

use chrono::NaiveDate;
use domain::money::{Amount, CurrencyCode};
use domain::tax::tax_entry::TaxSide;
use uuid::Uuid;

use crate::accounting::views::NameView;

/// Which entries are read.
#[derive(Debug, Clone)]
pub struct VatDetailQuery {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub return_box: Option<String>,
    pub side: Option<TaxSide>,
    pub branch: Option<String>,
    /// Most entries that are read.
    pub max: i64,
}

/// Bills with a tax date up to a day of which something is open on another.
#[derive(Debug, Clone)]
pub struct UnpaidBillsQuery {
    pub as_of: NaiveDate,
    pub supplied_through: NaiveDate,
    pub branch: Option<String>,
    /// Most bills that are read.
    pub max: i64,
}

/// A bill of which something is open.
#[derive(Debug, Clone)]
pub struct UnpaidBill {
    pub id: Uuid,
    pub number: String,
    pub branch: Option<String>,
    pub party: String,
    pub name: NameView,
    pub tax_date: NaiveDate,
    pub currency: CurrencyCode,
    pub payable: Amount,
    pub open: Amount,
    /// The VAT that was recovered, in the company currency.
    pub tax: Amount,
}
