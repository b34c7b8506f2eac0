//! Groups of parties in SQL.

use domain::parties::party_group::PartyGroup;

use crate::table;

table! {
    PartyGroup in "parties", "party_group" by id;
    columns { code, name: [name_ar, name_en], price_list_id }
    search { code, name }
    unique code
    used by {
        "parties": "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND customer_group_id = ?2 {only}",
        "posting-rules": "SELECT {first} 1 FROM posting_rule WHERE tenant_id = ?1 AND party_group_id = ?2 {only}",
        "parties" ("suppliers"): "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND supplier_group_id = ?2 {only}",
    }
}
