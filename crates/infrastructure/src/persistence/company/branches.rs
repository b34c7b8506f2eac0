//! Branches in SQL.

use domain::company::branch::Branch;

use crate::table;

table! {
    Branch in "company", "branch" by id;
    columns { code, name: [name_ar, name_en], registrations, address, active }
    search { code, name }
    unique code
    used by {
        "documents":
            "SELECT {first} 1 FROM document WHERE tenant_id = ?1 AND branch_id = ?2 AND branch_id IS NOT NULL {only}",
        "number-series":
            "SELECT {first} 1 FROM number_series WHERE tenant_id = ?1 AND branch_id = ?2 AND branch_id IS NOT NULL {only}",
        "company-profile":
            "SELECT {first} 1 FROM company_profile WHERE tenant_id = ?1 AND default_branch_id = ?2 {only}",
    }
}
