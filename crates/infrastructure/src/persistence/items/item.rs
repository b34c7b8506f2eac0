//! Items in SQL. Their units and barcodes are read with them, so they are documents in the row, and stand in tables of their
//! own for who looks for them.

use application::ports::storage_error::StorageResult;
use domain::ids::TenantId;
use domain::items::barcode::{Barcode, BarcodeKind};
use domain::items::conversion::Ratio;
use domain::items::item::{Blocked, HsCode, Item, ItemKind, ItemUnit, Tracking};
use domain::text::Code;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::persistence::table::{Beside, Column, optional};
use crate::sql::bulk::Bulk;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};
use crate::{rows_of, statements, table, word_column};

word_column!(ItemKind);
word_column!(Tracking);
word_column!(Blocked);

table! {
    Item in "items", "item" by id;
    columns {
        code,
        name: [name_ar, name_en],
        description,
        kind,
        category_id,
        base_unit_id,
        tracking,
        purchase_unit_id,
        sales_unit_id,
        sales_price,
        sales_tax_code_id,
        purchase_tax_code_id,
        weight,
        volume,
        hs_code,
        match_policy,
        over_receipt_percent,
        blocked,
        blocked_reason,
        active,
        units,
        barcodes,
    }
    search { code, name }
    unique code
    used by {
        "prices": "SELECT {first} 1 FROM price WHERE tenant_id = ?1 AND item_id = ?2 {only}",
        "documents": "SELECT {first} 1 FROM (SELECT item_id FROM document_line WHERE tenant_id = ?1 AND item_id = ?2 AND item_id IS NOT NULL \
         UNION ALL SELECT item_id FROM line_progress WHERE tenant_id = ?1 AND item_id = ?2 AND item_id IS NOT NULL) x {only}",
    }
    found by {
        "barcode": "t.id IN (SELECT b.item_id FROM item_barcode b WHERE b.tenant_id = ?1 AND b.code = {key})",
    }
    beside BESIDE;
}

statements! {
    CLEAR_UNITS = "items.item_unit.clear": "DELETE FROM item_unit WHERE tenant_id = ?1 AND item_id = ?2";
    CLEAR_BARCODES = "items.item_barcode.clear": "DELETE FROM item_barcode WHERE tenant_id = ?1 AND item_id = ?2";
    NAMING_TAX_CODE = "items.item.naming_tax_code":
        "SELECT {first} 1 FROM item WHERE tenant_id = ?1 AND (sales_tax_code_id = ?2 OR purchase_tax_code_id = ?2) {only}";
    // One walk through the codes, however many are asked for.
    CODES_LIKE = "items.item.codes_like":
        "SELECT code FROM item WHERE tenant_id = ?1 AND LOWER(code) IN ({codes ?2})";
    PRICED_UNITS = "items.price.units_of_item":
        "SELECT DISTINCT unit_id FROM price WHERE tenant_id = ?1 AND item_id = ?2";
}

pub static UNIT_INSERT: Bulk = Bulk::new(
    "items.item_unit.insert_many",
    "item_unit",
    &[
        ("tenant_id", Kind::Id),
        ("item_id", Kind::Id),
        ("unit_id", Kind::Id),
        ("numerator", Kind::Int),
        ("denominator", Kind::Int),
    ],
);
pub static BARCODE_INSERT: Bulk = Bulk::new(
    "items.item_barcode.insert_many",
    "item_barcode",
    &[("tenant_id", Kind::Id), ("code", Kind::Text(50)), ("item_id", Kind::Id)],
);
pub static BULKS: &[&Bulk] = &[&UNIT_INSERT, &BARCODE_INSERT];

static BESIDE: [Beside<Item>; 2] = [
    Beside { clear: &CLEAR_UNITS, insert: &UNIT_INSERT, rows: unit_rows },
    Beside { clear: &CLEAR_BARCODES, insert: &BARCODE_INSERT, rows: barcode_rows },
];

pub static BY_ID: Lookup =
    Lookup::new("items.item.by_id", rows_of!(Item, " WHERE t.tenant_id = ?1"), ("t.id", Kind::Id));
pub static BY_CODE: Lookup =
    Lookup::new("items.item.by_code", rows_of!(Item, " WHERE t.tenant_id = ?1"), ("t.code", Kind::Text(50)));
pub static OWNERS: Lookup = Lookup::new(
    "items.item_barcode.owners",
    "SELECT b.code, b.item_id, i.code AS item_code FROM item_barcode b \
     INNER JOIN item i ON i.tenant_id = b.tenant_id AND i.id = b.item_id WHERE b.tenant_id = ?1",
    ("b.code", Kind::Text(50)),
);
pub static LOOKUPS: &[&Lookup] = &[&BY_ID, &BY_CODE, &OWNERS];

/// The base unit is among them, so that a join finds every unit of an item.
fn unit_rows(item: &Item, tenant: TenantId) -> Vec<Vec<Value>> {
    let base = ItemUnit { unit_id: item.base_unit_id, ratio: Ratio::ONE };
    let row = |unit: &ItemUnit| {
        vec![
            tenant.into(),
            item.id.into(),
            unit.unit_id.into(),
            unit.ratio.numerator().into(),
            unit.ratio.denominator().into(),
        ]
    };
    std::iter::once(&base).chain(&item.units).map(row).collect()
}

fn barcode_rows(item: &Item, tenant: TenantId) -> Vec<Vec<Value>> {
    let row = |barcode: &Barcode| vec![tenant.into(), barcode.key().into(), item.id.into()];
    item.barcodes.iter().map(row).collect()
}

impl Column for Option<HsCode> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_ref().map(HsCode::as_str).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        optional(columns, names.first().copied().unwrap_or_default(), HsCode::stored)
    }
}

/// A unit as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredUnit {
    unit_id: Uuid,
    numerator: i64,
    denominator: i64,
}

impl Column for Vec<ItemUnit> {
    fn put(&self, values: &mut Vec<Value>) {
        let stored = |unit: &ItemUnit| StoredUnit {
            unit_id: unit.unit_id.uuid(),
            numerator: unit.ratio.numerator(),
            denominator: unit.ratio.denominator(),
        };
        let units: Vec<StoredUnit> = self.iter().map(stored).collect();
        values.push(serde_json::json!(units).to_string().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), units)
    }
}

fn units(text: &str) -> Option<Vec<ItemUnit>> {
    let stored: Vec<StoredUnit> = serde_json::from_str(text).ok()?;
    let unit = |stored: StoredUnit| {
        let ratio = Ratio::new(stored.numerator, stored.denominator)?;
        Some(ItemUnit { unit_id: stored.unit_id.into(), ratio })
    };
    stored.into_iter().map(unit).collect()
}

/// A barcode as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredBarcode {
    code: String,
    kind: String,
    unit_id: Uuid,
}

impl Column for Vec<Barcode> {
    fn put(&self, values: &mut Vec<Value>) {
        let stored = |barcode: &Barcode| StoredBarcode {
            code: barcode.code.to_string(),
            kind: barcode.kind.as_str().to_owned(),
            unit_id: barcode.unit_id.uuid(),
        };
        let barcodes: Vec<StoredBarcode> = self.iter().map(stored).collect();
        values.push(serde_json::json!(barcodes).to_string().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), barcodes)
    }
}

fn barcodes(text: &str) -> Option<Vec<Barcode>> {
    let stored: Vec<StoredBarcode> = serde_json::from_str(text).ok()?;
    let barcode = |stored: StoredBarcode| {
        let kind = BarcodeKind::parse(&stored.kind).ok()?;
        Some(Barcode { code: Code::stored(&stored.code)?, kind, unit_id: stored.unit_id.into() })
    };
    stored.into_iter().map(barcode).collect()
}
