//! Parties in SQL.

use application::ports::storage_error::StorageResult;
use domain::country::Country;
use domain::error::Language;
use domain::parties::party::{NameKeys, Party, PartyKind, PartyStatus};

use crate::persistence::table::Column;
use crate::sql::value::{Columns, Value};
use crate::{table, word_column};

word_column!(PartyKind);
word_column!(PartyStatus);

table! {
    Party in "parties", "party" by id;
    columns {
        code,
        name: [name_ar, name_en],
        name_keys: [name_ar_key, name_en_key],
        kind,
        country,
        language,
        status,
        anonymous,
        customer: [
            is_customer, customer_group_id, customer_payment_term_id, customer_currency, credit_limit, credit_check,
            customer_blocked, customer_blocked_reason, tax_treatment_id, price_list_id,
            dunning_profile_id
        ],
        supplier: [
            is_supplier, supplier_group_id, supplier_payment_term_id, supplier_currency, supplier_blocked,
            supplier_blocked_reason, residency, withholding_id, supplier_over_receipt_percent, supplier_match_policy
        ],
        registrations: [registrations, vat_number, vat_group, cr_number, unified_number],
        addresses,
        contacts,
        allow_duplicate_reason,
        merged_into_id,
    }
    search { code, name }
    unique code
    used by {
        // Lines name the party by its code.
        "journal-entries": "SELECT {first} 1 FROM party t \
            INNER JOIN ledger_line l ON l.tenant_id = t.tenant_id AND l.party = t.code \
            WHERE t.tenant_id = ?1 AND t.id = ?2 AND l.party IS NOT NULL {only}",
        "documents": "SELECT {first} 1 FROM document WHERE tenant_id = ?1 AND party_id = ?2 {only}",
        "parties": "SELECT {first} 1 FROM party_alias WHERE tenant_id = ?1 AND survivor_id = ?2 {only}",
        "recurring-invoices": "SELECT {first} 1 FROM recurring_invoice WHERE tenant_id = ?1 AND party_id = ?2 {only}",
        "bank-accounts": "SELECT {first} 1 FROM party_bank_account WHERE tenant_id = ?1 AND party_id = ?2 {only}",
    }
    mentioned false
}

impl Column for NameKeys {
    fn put(&self, values: &mut Vec<Value>) {
        values.extend([self.ar.as_deref().into(), self.en.as_deref().into()]);
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        Ok(Self { ar: columns.get("name_ar_key")?, en: columns.get("name_en_key")? })
    }
}

impl Column for Country {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_str().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), |text| Self::parse(text).ok())
    }
}

impl Column for Language {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_str().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), Self::parse)
    }
}
