//! Units in SQL.

use application::ports::storage_error::StorageResult;
use domain::items::unit::{UneceCode, Unit};

use crate::persistence::table::Column;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};
use crate::{rows_of, table};

table! {
    Unit in "items", "unit" by id;
    columns { code, name: [name_ar, name_en], unece_code, decimals, active }
    search { code, name }
    unique code
    used by {
        "items": "SELECT {first} 1 FROM item_unit WHERE tenant_id = ?1 AND unit_id = ?2 {only}",
        "prices": "SELECT {first} 1 FROM price WHERE tenant_id = ?1 AND unit_id = ?2 {only}",
    }
}

pub static BY_ID: Lookup =
    Lookup::new("items.unit.by_id", rows_of!(Unit, " WHERE t.tenant_id = ?1"), ("t.id", Kind::Id));
pub static BY_CODE: Lookup =
    Lookup::new("items.unit.by_code", rows_of!(Unit, " WHERE t.tenant_id = ?1"), ("t.code", Kind::Text(50)));

pub static LOOKUPS: &[&Lookup] = &[&BY_ID, &BY_CODE];

impl Column for UneceCode {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_str().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), Self::stored)
    }
}
