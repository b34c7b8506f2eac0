//! Categories of items in SQL, and the tax codes that they and items name.

use domain::items::category::ItemCategory;
use domain::tax::tax_code::TaxCode;

use crate::sql::statement::Lookup;
use crate::sql::value::Kind;
use crate::{rows_of, statements, table};

table! {
    ItemCategory in "items", "item_category" by id;
    columns { code, name: [name_ar, name_en], parent_id, sales_tax_code_id, purchase_tax_code_id, active }
    search { code, name }
    unique code
    used by {
        "item-categories": "SELECT {first} 1 FROM item_category WHERE tenant_id = ?1 AND parent_id = ?2 {only}",
        "items": "SELECT {first} 1 FROM item WHERE tenant_id = ?1 AND category_id = ?2 {only}",
        "posting-rules": "SELECT {first} 1 FROM posting_rule WHERE tenant_id = ?1 AND item_category_id = ?2 {only}",
    }
}

statements! {
    NAMING_TAX_CODE = "items.item_category.naming_tax_code":
        "SELECT {first} 1 FROM item_category WHERE tenant_id = ?1 AND (sales_tax_code_id = ?2 OR purchase_tax_code_id = ?2) {only}";
    PARENT = "items.item_category.parent":
        "SELECT parent_id FROM item_category WHERE tenant_id = ?1 AND id = ?2 AND parent_id IS NOT NULL";
}

pub static BY_ID: Lookup = Lookup::new(
    "items.item_category.by_id",
    rows_of!(ItemCategory, " WHERE t.tenant_id = ?1"),
    ("t.id", Kind::Id),
);
pub static BY_CODE: Lookup = Lookup::new(
    "items.item_category.by_code",
    rows_of!(ItemCategory, " WHERE t.tenant_id = ?1"),
    ("t.code", Kind::Text(50)),
);
pub static CHILDREN: Lookup = Lookup::new(
    "items.item_category.children",
    "SELECT id FROM item_category WHERE tenant_id = ?1",
    ("parent_id", Kind::Id),
);
pub static TAX_CODES_BY_ID: Lookup =
    Lookup::new("items.tax_code.by_id", rows_of!(TaxCode, " WHERE t.tenant_id = ?1"), ("t.id", Kind::Id));
pub static TAX_CODES_BY_CODE: Lookup = Lookup::new(
    "items.tax_code.by_code",
    rows_of!(TaxCode, " WHERE t.tenant_id = ?1"),
    ("t.code", Kind::Text(50)),
);

pub static LOOKUPS: &[&Lookup] = &[&BY_ID, &BY_CODE, &CHILDREN, &TAX_CODES_BY_ID, &TAX_CODES_BY_CODE];
