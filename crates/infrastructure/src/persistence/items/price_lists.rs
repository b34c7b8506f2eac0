//! Price lists and prices in SQL.

use domain::items::price::ItemPrice;
use domain::items::price_list::PriceList;

use crate::sql::bulk::Bulk;
use crate::sql::statement::Lookup;
use crate::sql::value::Kind;
use crate::{rows_of, statements, table};

table! {
    PriceList in "items", "price_list" by id;
    columns { code, name: [name_ar, name_en], currency, prices_include_vat, is_default, valid_from, valid_to, active }
    search { code, name }
    unique code
    used by {
        "prices": "SELECT {first} 1 FROM price WHERE tenant_id = ?1 AND price_list_id = ?2 {only}",
        "parties": "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND price_list_id = ?2 {only}",
        "party-groups": "SELECT {first} 1 FROM party_group WHERE tenant_id = ?1 AND price_list_id = ?2 {only}",
    }
}

table! {
    ItemPrice in "items", "price" by id, below "price_list" as price_list_id;
    columns { price_list_id, item_id, unit_id, quantity_from, valid_from, valid_to, price, discount_percent }
}

statements! {
    DEFAULT = "items.price_list.default":
        "SELECT id FROM price_list WHERE tenant_id = ?1 AND currency = ?2 AND is_default = 1";
    // Writes, so that both engines wait for each other.
    LOCK = "items.price_list.lock":
        "UPDATE price_list SET version = version WHERE tenant_id = ?1 AND id IN ({ids ?2})";
    FROM = "items.price.from": rows_of!(
        ItemPrice,
        " WHERE t.tenant_id = ?1 AND t.price_list_id IN ({ids ?2}) AND t.item_id IN ({ids ?3}) \
         AND (t.valid_to IS NULL OR t.valid_to >= ?4)"
    );
}

pub static PRICE_INSERT: Bulk = Bulk::new(
    "items.price.insert_many",
    "price",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("price_list_id", Kind::Id),
        ("item_id", Kind::Id),
        ("unit_id", Kind::Id),
        ("quantity_from", Kind::Millionths),
        ("valid_from", Kind::Date),
        ("valid_to", Kind::Date),
        ("price", Kind::Millionths),
        ("discount_percent", Kind::Amount),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
        ("version", Kind::Int),
    ],
);
pub static BULKS: &[&Bulk] = &[&PRICE_INSERT];

pub static BY_ID: Lookup =
    Lookup::new("items.price_list.by_id", rows_of!(PriceList, " WHERE t.tenant_id = ?1"), ("t.id", Kind::Id));
pub static BY_CODE: Lookup = Lookup::new(
    "items.price_list.by_code",
    rows_of!(PriceList, " WHERE t.tenant_id = ?1"),
    ("t.code", Kind::Text(50)),
);
pub static LOOKUPS: &[&Lookup] = &[&BY_ID, &BY_CODE];
