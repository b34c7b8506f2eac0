//! Journals in SQL.

use domain::accounting::journal::{Journal, JournalKind};

use crate::{table, word_column};

word_column!(JournalKind);

table! {
    Journal: "accounting.journal", "journal" by id from "journal t";
    columns {
        code: [code],
        name: [name_ar, name_en],
        kind: [kind],
        number_series_id: [number_series_id],
        active: [active],
    }
    computed {}
    search { code, name }
    list { id, code, name => search, kind, number_series_id, active, updated_at }
    unique code
    used by {
        "journal-entries": "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND journal_id = ?2 {only}",
    }
    mentioned true
}
