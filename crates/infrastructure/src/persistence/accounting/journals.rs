//! Journals in SQL.

use domain::accounting::journal::{Journal, JournalKind};

use crate::{table, word_column};

word_column!(JournalKind);

table! {
    Journal in "accounting", "journal" by id;
    columns { code, name: [name_ar, name_en], kind, number_series_id, active }
    search { code, name }
    unique code
    used by {
        "journal-entries": "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND journal_id = ?2 {only}",
        "dimension-defaults": "SELECT {first} 1 FROM dimension_default WHERE tenant_id = ?1 AND journal_id = ?2 {only}",
        "distribution-keys": "SELECT {first} 1 FROM distribution_key WHERE tenant_id = ?1 AND journal_id = ?2 {only}",
        "deferrals": "SELECT {first} 1 FROM deferral WHERE tenant_id = ?1 AND journal_id = ?2 {only}",
        "approval-policies": "SELECT {first} 1 FROM approval_policy WHERE tenant_id = ?1 AND journal_id = ?2 {only}",
    }
    mentioned true
}
