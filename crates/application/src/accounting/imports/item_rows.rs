//! Turns rows into items, units of items and prices.

use domain::error::Violation;
use domain::items::barcode::BarcodeKind;
use domain::items::conversion::{RATIO_PART_MAX, Ratio};
use domain::items::item::{BLOCKED_REASON_LENGTH_MAX, Blocked, HsCode, ItemKind};
use domain::items::match_policy::MatchPolicy;
use domain::money::{Percentage, Price, Quantity};
use domain::text::{Code, required_text};
use domain::time::parse_date;

use super::ImportKind;
use super::columns::Column;
use super::file_rows::FileRow;
use super::item_file::{FileItem, FileItemUnit, FilePrice};
use super::row_reader::{RowReader, flag};
use crate::wire::NUMBER_OUT_OF_RANGE;

/// Digits alone are a GTIN; anything else is a code of one's own.
fn barcode(text: &str) -> Result<(Code, BarcodeKind), Violation> {
    let code = Code::parse(text)?;
    let digits = code.as_str().bytes().all(|byte| byte.is_ascii_digit());
    Ok((code, if digits { BarcodeKind::Gtin } else { BarcodeKind::Internal }))
}

impl FileRow for FileItem {
    const KIND: ImportKind = ImportKind::Items;
    const REQUIRED: &'static [Column] = &[Column::Code, Column::Category, Column::BaseUnit];

    fn read(row: &mut RowReader<'_>) -> Option<Self> {
        let code = row.required(Column::Code, Code::parse);
        let name = row.name();
        let category = row.required(Column::Category, Code::parse);
        let base_unit = row.required(Column::BaseUnit, Code::parse);
        let kind = row.optional(Column::Kind, |text| ItemKind::parse(&text.to_lowercase()));
        let barcode = row.optional(Column::Barcode, barcode);
        let sales_unit = row.optional(Column::SalesUnit, Code::parse);
        let purchase_unit = row.optional(Column::PurchaseUnit, Code::parse);
        let sales_price = row.optional(Column::SalesPrice, Price::parse);
        let sales_tax_code = row.optional(Column::TaxSale, Code::parse);
        let purchase_tax_code = row.optional(Column::TaxPurchase, Code::parse);
        let weight = row.optional(Column::Weight, Quantity::parse);
        let volume = row.optional(Column::Volume, Quantity::parse);
        let hs_code = row.optional(Column::HsCode, HsCode::parse);
        let match_policy = row.optional(Column::MatchPolicy, |text| MatchPolicy::parse(&text.to_lowercase()));
        let over_receipt_percent = row.optional(Column::OverReceiptPercent, Percentage::parse);
        let blocked = row.optional(Column::Blocked, |text| Blocked::parse(&text.to_lowercase()));
        let reason = |text: &str| required_text(text, BLOCKED_REASON_LENGTH_MAX);
        let blocked_reason = row.optional(Column::BlockedReason, reason);
        let active = row.optional(Column::Active, flag);
        if !row.good {
            return None;
        }
        Some(Self {
            code: code?,
            name: name?,
            category: category?,
            base_unit: base_unit?,
            kind,
            barcode,
            sales_unit,
            purchase_unit,
            sales_price,
            sales_tax_code,
            purchase_tax_code,
            weight,
            volume,
            hs_code,
            match_policy,
            over_receipt_percent,
            blocked,
            blocked_reason,
            active,
        })
    }
}

/// A whole number within the bounds of a ratio.
fn part(text: &str) -> Result<i64, Violation> {
    let number = text.parse::<i64>().ok().filter(|number| (1..=RATIO_PART_MAX).contains(number));
    number.ok_or_else(|| Violation::new(&NUMBER_OUT_OF_RANGE).with("min", 1).with("max", RATIO_PART_MAX))
}

impl FileRow for FileItemUnit {
    const KIND: ImportKind = ImportKind::ItemUnits;
    const REQUIRED: &'static [Column] = &[Column::Item, Column::Unit, Column::Numerator, Column::Denominator];

    fn read(row: &mut RowReader<'_>) -> Option<Self> {
        let item = row.required(Column::Item, Code::parse);
        let unit = row.required(Column::Unit, Code::parse);
        let numerator = row.required(Column::Numerator, part);
        let denominator = row.required(Column::Denominator, part);
        Some(Self { item: item?, unit: unit?, ratio: Ratio::new(numerator?, denominator?)? })
    }
}

impl FileRow for FilePrice {
    const KIND: ImportKind = ImportKind::Prices;
    const REQUIRED: &'static [Column] = &[Column::List, Column::Item, Column::Unit, Column::Price];

    fn read(row: &mut RowReader<'_>) -> Option<Self> {
        let list = row.required(Column::List, Code::parse);
        let item = row.required(Column::Item, Code::parse);
        let unit = row.required(Column::Unit, Code::parse);
        let price = row.required(Column::Price, Price::parse);
        let quantity_from = row.optional(Column::QuantityFrom, Quantity::parse);
        let valid_from = row.optional(Column::ValidFrom, parse_date);
        let valid_to = row.optional(Column::ValidTo, parse_date);
        let discount_percent = row.optional(Column::DiscountPercent, Percentage::parse);
        if !row.good {
            return None;
        }
        Some(Self {
            list: list?,
            item: item?,
            unit: unit?,
            price: price?,
            quantity_from: quantity_from.unwrap_or(Quantity::ZERO),
            valid_from,
            valid_to,
            discount_percent: discount_percent.unwrap_or(Percentage::ZERO),
        })
    }
}
