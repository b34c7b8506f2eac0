use uuid::Uuid;

use super::super::barcode::{BARCODE_INVALID, BarcodeKind};
use super::*;

fn unit(number: u128) -> UnitId {
    UnitId::new(Uuid::from_u128(number))
}

fn item() -> Item {
    Item {
        id: ItemId::new(Uuid::nil()),
        code: Code::parse("CABLE").unwrap(),
        name: LocalizedName::parse(None, Some("Cable")).unwrap(),
        description: None,
        kind: ItemKind::Stock,
        category_id: ItemCategoryId::new(Uuid::nil()),
        base_unit_id: unit(1),
        tracking: Tracking::None,
        purchase_unit_id: Some(unit(2)),
        sales_unit_id: None,
        sales_price: None,
        sales_tax_code_id: None,
        purchase_tax_code_id: None,
        weight: None,
        volume: None,
        hs_code: None,
        match_policy: None,
        over_receipt_percent: None,
        blocked: Blocked::None,
        blocked_reason: None,
        active: true,
        units: vec![ItemUnit { unit_id: unit(2), ratio: Ratio::new(12, 1).unwrap() }],
        barcodes: vec![barcode("6281000000007", 1)],
        version: 1,
    }
}

fn barcode(code: &str, number: u128) -> Barcode {
    Barcode { code: Code::parse(code).unwrap(), kind: BarcodeKind::Gtin, unit_id: unit(number) }
}

fn found(item: &Item) -> Vec<(&'static str, String)> {
    item.check().into_vec().into_iter().map(|violation| (violation.def.code, violation.pointer)).collect()
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    assert_eq!(found(&item()), []);
    let wrong = Item {
        tracking: Tracking::Serial,
        blocked: Blocked::Sales,
        sales_price: Some(Price::parse("-1").unwrap()),
        weight: Some(Quantity::parse("-1").unwrap()),
        sales_unit_id: Some(unit(9)),
        units: vec![
            ItemUnit { unit_id: unit(2), ratio: Ratio::ONE },
            ItemUnit { unit_id: unit(1), ratio: Ratio::ONE },
            ItemUnit { unit_id: unit(2), ratio: Ratio::ONE },
        ],
        barcodes: vec![barcode("036000291452", 1), barcode("0036000291452", 2), barcode("6281000000008", 7)],
        ..item()
    };
    let at = |code, pointer: &str| (code, pointer.to_owned());
    assert_eq!(
        found(&wrong),
        [
            at("tracking_not_available", "/tracking"),
            at("blocked_reason_missing", "/blockedReason"),
            at("price_negative", "/salesPrice"),
            at("measure_negative", "/weight"),
            at("item_unit_repeated", "/units/1/unitId"),
            at("item_unit_repeated", "/units/2/unitId"),
            at("unit_unknown_for_item", "/salesUnitId"),
            at("barcode_repeated", "/barcodes/1/code"),
            at(BARCODE_INVALID.code, "/barcodes/2/code"),
            at("unit_unknown_for_item", "/barcodes/2/unitId"),
        ]
    );
    let reason = Item { blocked_reason: Some("Recall".to_owned()), ..item() };
    assert_eq!(found(&reason), [at("blocked_reason_not_taken", "/blockedReason")]);
}

/// R50: quantities are kept in the base unit, so what has entries keeps it.
#[test]
fn kind_and_base_unit_are_fixed_once_there_are_entries() {
    let next = Item { kind: ItemKind::Service, base_unit_id: unit(2), ..item() };
    assert!(item().may_become(&next, false).is_empty());
    let refused = item().may_become(&next, true).into_vec();
    let pointers: Vec<_> = refused.iter().map(|violation| violation.pointer.as_str()).collect();
    assert_eq!(pointers, ["/kind", "/baseUnitId"]);
    assert!(refused.iter().all(|violation| violation.def == &ITEM_HAS_ENTRIES));
    assert!(item().may_become(&Item { code: Code::parse("C").unwrap(), ..item() }, true).is_empty());
}

#[test]
fn an_item_knows_the_units_it_has() {
    assert_eq!(item().ratio(unit(1)), Some(Ratio::ONE));
    assert_eq!(item().ratio(unit(2)), Ratio::new(12, 1));
    assert_eq!(item().ratio(unit(3)), None);
}

#[test]
fn a_code_of_the_harmonized_system_is_its_digits() {
    for (text, digits) in
        [("8544.49", "854449"), ("854449000000", "854449000000"), ("85.44.49.20", "85444920")]
    {
        assert_eq!(HsCode::parse(text).unwrap().as_str(), digits);
    }
    for bad in ["", "85444", "8544490000001", "8544-49", "٨٥٤٤٤٩"] {
        assert_eq!(HsCode::parse(bad).unwrap_err().def, &INVALID_HS_CODE, "{bad}");
    }
}
