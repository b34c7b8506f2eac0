//! Branches in SQL.

use domain::company::branch::Branch;

use crate::table;

table! {
    Branch in "company", "branch" by id;
    columns { code, name: [name_ar, name_en], registrations, address, active }
    search { code, name }
    unique code
}
