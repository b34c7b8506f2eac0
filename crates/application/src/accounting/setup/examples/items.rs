//! The goods and services of the example company, with their prices.

use chrono::NaiveDate;
use domain::items::barcode::BarcodeKind;
use domain::items::item::{Blocked, Item, ItemKind, Tracking};
use domain::items::price::ItemPrice;
use domain::items::price_list::PriceList;
use domain::money::{Percentage, Price, Quantity};
use domain::text::{Code, LocalizedName};

use crate::accounting::setup::sa_standard::STANDARD;
use crate::command::Command;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::items::prices::NewPrice;
use crate::items::{BarcodeBody, ItemUnitBody, NewItem};
use crate::master_data::{Create, Records};
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Int, List};

/// One item.
struct Planned {
    code: &'static str,
    ar: &'static str,
    en: &'static str,
    kind: ItemKind,
    category: &'static str,
    unit: &'static str,
    /// Of one unit, without VAT; empty for what is not sold.
    price: &'static str,
    barcode: Option<&'static str>,
    /// Another unit with its base units and the price of one of it; empty for one that follows from the base unit's.
    other: Option<(&'static str, i64, &'static str)>,
}

const fn planned(
    code: &'static str,
    (ar, en): (&'static str, &'static str),
    (kind, category): (ItemKind, &'static str),
    (unit, price): (&'static str, &'static str),
) -> Planned {
    Planned { code, ar, en, kind, category, unit, price, barcode: None, other: None }
}

static ITEMS: [Planned; 11] = [
    Planned {
        barcode: Some("6281000001004"),
        other: Some(("BX", 12, "270")),
        ..planned(
            "P-100",
            ("مصباح LED بقدرة 18 واط", "LED lamp 18 W"),
            (ItemKind::Stock, "GOODS"),
            ("PCE", "24"),
        )
    },
    planned(
        "P-110",
        ("كابل نحاس 2.5 مم", "Copper cable 2.5 mm"),
        (ItemKind::Stock, "GOODS"),
        ("MTR", "3.75"),
    ),
    Planned {
        barcode: Some("6281000001011"),
        ..planned("P-120", ("مفتاح إنارة جداري", "Wall switch"), (ItemKind::Stock, "GOODS"), ("PCE", "18.5"))
    },
    Planned {
        barcode: Some("6281000001028"),
        ..planned(
            "P-130",
            ("لوحة توزيع كهربائية", "Distribution board"),
            (ItemKind::Stock, "GOODS"),
            ("PCE", "420"),
        )
    },
    Planned {
        other: Some(("TNE", 1_000, "")),
        ..planned("P-140", ("إسمنت بورتلاندي", "Portland cement"), (ItemKind::Stock, "GOODS"), ("KGM", "0.42"))
    },
    planned("P-150", ("دهان جدران داخلي", "Interior wall paint"), (ItemKind::Stock, "GOODS"), ("LTR", "32")),
    planned("M-100", ("لوازم مكتبية", "Office supplies"), (ItemKind::NonStock, "MATERIALS"), ("PCE", "")),
    planned("S-100", ("أعمال تركيب", "Installation work"), (ItemKind::Service, "SERVICES"), ("HUR", "150")),
    planned("S-110", ("زيارة موقع", "Site visit"), (ItemKind::Service, "SERVICES"), ("PCE", "300")),
    planned(
        "S-120",
        ("صيانة شهرية", "Monthly maintenance"),
        (ItemKind::Service, "SERVICES"),
        ("MON", "1200"),
    ),
    planned("F-100", ("أجور شحن", "Freight"), (ItemKind::Charge, "CHARGES"), ("PCE", "250")),
];

/// Creates the items that the tenant lacks, with their prices from a day on.
pub(super) async fn create_items(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    from: NaiveDate,
) -> AppResult<()> {
    let list = Records::<PriceList>::by_code(uow, (), STANDARD).await?;
    for planned in &ITEMS {
        if Records::<Item>::by_code(uow, (), planned.code).await?.is_some() {
            continue;
        }
        Create::<Item>::of(planned.item()?).run(ctx, uow).await?;
        let Some(parent) = list else { continue };
        let other = planned.other.map(|(unit, _, price)| (unit, price));
        for (unit, price) in [(planned.unit, planned.price)].into_iter().chain(other) {
            if !price.is_empty() {
                let new = planned.price(unit, price, from)?;
                Create::<ItemPrice> { parent, new }.run(ctx, uow).await?;
            }
        }
    }
    Ok(())
}

impl Planned {
    fn item(&self) -> AppResult<NewItem> {
        let code = |text: &str| Code::parse(text);
        let barcode = |text: &str| -> AppResult<BarcodeBody> {
            Ok(BarcodeBody { code: code(text)?, unit_id: None, unit_code: None, kind: BarcodeKind::Gtin })
        };
        let unit = |(unit, numerator, _): (&str, i64, &str)| -> AppResult<ItemUnitBody> {
            Ok(ItemUnitBody {
                unit_id: None,
                unit_code: Some(code(unit)?),
                numerator: Int(numerator),
                denominator: Int(1),
            })
        };
        let sales_price = if self.price.is_empty() { None } else { Some(Price::parse(self.price)?) };
        Ok(NewItem {
            code: code(self.code)?,
            name: LocalizedName::parse(Some(self.ar), Some(self.en))?,
            description: None,
            kind: self.kind,
            category_id: None,
            category_code: Some(code(self.category)?),
            base_unit_id: None,
            base_unit_code: Some(code(self.unit)?),
            tracking: Tracking::None,
            purchase_unit_id: None,
            purchase_unit_code: self.other.map(|(unit, ..)| code(unit)).transpose()?,
            sales_unit_id: None,
            sales_unit_code: None,
            sales_price,
            sales_tax_code_id: None,
            sales_tax_code: None,
            purchase_tax_code_id: None,
            purchase_tax_code: None,
            weight: None,
            volume: None,
            hs_code: None,
            match_policy: None,
            over_receipt_percent: None,
            blocked: Blocked::None,
            blocked_reason: None,
            active: true,
            units: List(self.other.into_iter().map(unit).collect::<AppResult<_>>()?),
            barcodes: List(self.barcode.into_iter().map(barcode).collect::<AppResult<_>>()?),
        })
    }

    fn price(&self, unit: &str, price: &str, valid_from: NaiveDate) -> AppResult<NewPrice> {
        Ok(NewPrice {
            item_id: None,
            item_code: Some(Code::parse(self.code)?),
            unit_id: None,
            unit_code: Some(Code::parse(unit)?),
            quantity_from: Quantity::ZERO,
            valid_from,
            valid_to: None,
            price: Price::parse(price)?,
            discount_percent: Percentage::ZERO,
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::items::barcode::Barcode;
    use domain::items::unit::UnitId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_item_has_both_names_and_right_barcodes() {
        for planned in &ITEMS {
            let item = planned.item().unwrap();
            assert!(item.name.ar().is_some() && item.name.en().is_some());
            for body in item.barcodes.0 {
                let unit_id = UnitId::new(Uuid::nil());
                assert!(
                    Barcode { code: body.code, kind: body.kind, unit_id }.check().is_ok(),
                    "{}",
                    planned.code
                );
            }
        }
    }
}
