//! The columns of files of items, their units and their prices.

use super::columns::{Column, Named, Of, named};

pub(super) static ITEM_NAMES: &[Named] = &[
    named(
        (Column::Code, "code", Of::Item, true),
        &["item", "item code", "sku", "الرمز", "رمز الصنف"],
        "refused",
    ),
    named(
        (Column::Name, "name", Of::Item, false),
        &["item name", "الاسم", "اسم الصنف"],
        "`name_ar` or `name_en` is needed; `name` is Arabic or English by its letters",
    ),
    named(
        (Column::NameAr, "name_ar", Of::Item, false),
        &["arabic name", "الاسم بالعربية"],
        "`name`, if that is Arabic",
    ),
    named(
        (Column::NameEn, "name_en", Of::Item, false),
        &["english name", "الاسم بالإنجليزية"],
        "`name`, if that is not Arabic",
    ),
    named((Column::Category, "category", Of::Item, true), &["category code", "الفئة"], "refused"),
    named((Column::BaseUnit, "base_unit", Of::Item, true), &["base unit code", "الوحدة الأساسية"], "refused"),
    named(
        (Column::Kind, "kind", Of::Item, false),
        &["item kind", "النوع"],
        "`stock`; kept by an existing item, as in every column below",
    ),
    named((Column::Barcode, "barcode", Of::Item, false), &["gtin", "ean", "upc", "الباركود"], "none"),
    named(
        (Column::SalesUnit, "sales_unit", Of::Item, false),
        &["sales unit code", "وحدة البيع"],
        "the base unit",
    ),
    named(
        (Column::PurchaseUnit, "purchase_unit", Of::Item, false),
        &["purchase unit code", "وحدة الشراء"],
        "the base unit",
    ),
    named((Column::SalesPrice, "sales_price", Of::Item, false), &["سعر البيع"], "none"),
    named(
        (Column::TaxSale, "tax_sale", Of::Item, false),
        &["sales tax code", "ضريبة البيع"],
        "that of the category",
    ),
    named(
        (Column::TaxPurchase, "tax_purchase", Of::Item, false),
        &["purchase tax code", "ضريبة الشراء"],
        "that of the category",
    ),
    named((Column::Weight, "weight", Of::Item, false), &["الوزن"], "none"),
    named((Column::Volume, "volume", Of::Item, false), &["الحجم"], "none"),
    named((Column::HsCode, "hs_code", Of::Item, false), &["الرمز المنسق"], "none"),
    named(
        (Column::MatchPolicy, "match_policy", Of::Item, false),
        &["سياسة المطابقة"],
        "that of the company profile",
    ),
    named(
        (Column::OverReceiptPercent, "over_receipt_percent", Of::Item, false),
        &["نسبة تجاوز الاستلام"],
        "that of the company profile",
    ),
    named((Column::Blocked, "blocked", Of::Item, false), &["الإيقاف"], "`none`"),
    named((Column::BlockedReason, "blocked_reason", Of::Item, false), &["سبب الإيقاف"], "none"),
    named((Column::Active, "active", Of::Item, false), &["is active", "نشط"], "`true`"),
];

pub(super) static ITEM_UNIT_NAMES: &[Named] = &[
    named((Column::Item, "item", Of::Row, true), &["item code", "الصنف", "رمز الصنف"], "refused"),
    named((Column::Unit, "unit", Of::Row, true), &["unit code", "الوحدة"], "refused"),
    named((Column::Numerator, "numerator", Of::Row, true), &["البسط"], "refused"),
    named((Column::Denominator, "denominator", Of::Row, true), &["المقام"], "refused"),
];

pub(super) static PRICE_NAMES: &[Named] = &[
    named(
        (Column::List, "list", Of::Row, true),
        &["price list", "price list code", "القائمة", "قائمة الأسعار"],
        "refused",
    ),
    named((Column::Item, "item", Of::Row, true), &["item code", "الصنف", "رمز الصنف"], "refused"),
    named((Column::Unit, "unit", Of::Row, true), &["unit code", "الوحدة"], "refused"),
    named((Column::Price, "price", Of::Row, true), &["unit price", "السعر"], "refused"),
    named((Column::QuantityFrom, "quantity_from", Of::Row, false), &["من كمية"], "0"),
    named((Column::ValidFrom, "valid_from", Of::Row, false), &["من تاريخ"], "the day of the import"),
    named(
        (Column::ValidTo, "valid_to", Of::Row, false),
        &["إلى تاريخ"],
        "none: it holds until it is changed",
    ),
    named((Column::DiscountPercent, "discount_percent", Of::Row, false), &["نسبة الخصم"], "0"),
];
