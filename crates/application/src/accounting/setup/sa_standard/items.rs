//! Units, categories of items and the standard price list of the template.

use domain::items::category::ItemCategory;
use domain::items::item::{PURCHASE_TAX_KINDS, SALES_TAX_KINDS};
use domain::items::price_list::PriceList;
use domain::items::unit::{UneceCode, Unit};
use domain::money::CurrencyCode;
use domain::tax::tax_code::{TaxCode, TaxKind};
use domain::text::{Code, LocalizedName};
use serde::Deserialize;

use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::items::{NewItemCategory, NewPriceList, NewUnit};
use crate::master_data::create_missing;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Int;

const UNITS: &str = include_str!("units.csv");

/// The price list of whoever has no other one.
pub(in crate::accounting::setup) const STANDARD: &str = "STANDARD";

/// Code, Arabic and English name, tax codes for sales and purchases.
const CATEGORIES: [(&str, &str, &str, &str, &str); 4] = [
    ("GOODS", "بضائع", "Goods", "S15", "P15"),
    ("MATERIALS", "مواد ولوازم", "Materials and supplies", "S15", "P15"),
    ("SERVICES", "خدمات", "Services", "S15", "P15"),
    ("CHARGES", "مصاريف شحن وتخليص", "Freight and clearance", "S15", "P15"),
];

/// One row of the units.
#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    unece_code: String,
    decimals: i64,
    name_ar: String,
    name_en: String,
}

impl Row {
    fn body(self) -> AppResult<NewUnit> {
        Ok(NewUnit {
            code: Code::parse(&self.code)?,
            name: LocalizedName::parse(Some(&self.name_ar), Some(&self.name_en))?,
            unece_code: UneceCode::parse(&self.unece_code)?,
            decimals: Int(self.decimals),
            active: true,
        })
    }
}

fn units() -> AppResult<Vec<NewUnit>> {
    let mut reader = csv::Reader::from_reader(UNITS.as_bytes());
    let rows = reader.deserialize::<Row>();
    rows.map(|row| row.map_err(|error| AppError::internal(format!("units: {error}")))?.body()).collect()
}

/// Creates the units that the tenant lacks and answers how many.
pub(in crate::accounting::setup) async fn ensure_units(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    create_missing::<Unit>(ctx, uow, units()?).await
}

/// Creates the categories that the tenant lacks, with the tax codes that exist, and answers how many.
pub(in crate::accounting::setup) async fn ensure_categories(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    let named = CATEGORIES.iter().flat_map(|(.., sales, purchases)| [*sales, *purchases]);
    let named = named.map(|code| Reference::Code(code.to_owned())).collect();
    let taxes = uow.items().tax_codes(&named).await?;
    // An own tax code under the template's code need not be fit for it.
    let fit = |code: &str, kinds: &[TaxKind]| {
        let fits = |tax: &&TaxCode| tax.code.as_str() == code && tax.active && kinds.contains(&tax.kind);
        taxes.iter().find(fits).map(|tax| tax.id)
    };
    let body = |(code, ar, en, sales, purchases)| -> AppResult<NewItemCategory> {
        Ok(NewItemCategory {
            code: Code::parse(code)?,
            name: LocalizedName::parse(Some(ar), Some(en))?,
            parent_id: None,
            parent_code: None,
            sales_tax_code_id: fit(sales, SALES_TAX_KINDS),
            sales_tax_code: None,
            purchase_tax_code_id: fit(purchases, PURCHASE_TAX_KINDS),
            purchase_tax_code: None,
            active: true,
        })
    };
    let categories = CATEGORIES.into_iter().map(body).collect::<AppResult<Vec<_>>>()?;
    create_missing::<ItemCategory>(ctx, uow, categories).await
}

/// The default list of the company currency, unless it has one.
pub(in crate::accounting::setup) async fn ensure_price_list(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    currency: CurrencyCode,
) -> AppResult<u32> {
    if uow.items().default_price_list(currency).await?.is_some() {
        return Ok(0);
    }
    let new = NewPriceList {
        code: Code::parse(STANDARD)?,
        name: LocalizedName::parse(Some("الأسعار الأساسية"), Some("Standard prices"))?,
        currency,
        prices_include_vat: false,
        is_default: true,
        valid_from: None,
        valid_to: None,
        active: true,
    };
    create_missing::<PriceList>(ctx, uow, [new]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_are_whole() {
        let units = units().unwrap();
        assert_eq!(units.len(), 15);
        for unit in &units {
            assert!(unit.name.ar().is_some() && unit.name.en().is_some(), "{}", unit.code);
        }
        let decimals = |code: &str| units.iter().find(|unit| unit.code.as_str() == code).unwrap().decimals.0;
        assert_eq!([decimals("PCE"), decimals("KGM"), decimals("HUR")], [0, 3, 2]);
    }
}
