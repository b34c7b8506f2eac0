//! Currencies in SQL.

use domain::accounting::currency::CurrencyRecord;

use crate::table;

table! {
    CurrencyRecord in "accounting", "currency" by code, joined "INNER JOIN tenant c ON c.id = t.tenant_id";
    columns { scale, name: [name_ar, name_en], active }
    computed { company: "CASE WHEN c.currency = t.code THEN 1 ELSE 0 END" }
    used by {
        "accounts": "SELECT {first} 1 FROM account WHERE tenant_id = ?1 AND currency = ?2 {only}",
        "price-lists": "SELECT {first} 1 FROM price_list WHERE tenant_id = ?1 AND currency = ?2 {only}",
        "exchange-rates": "SELECT {first} 1 FROM exchange_rate WHERE tenant_id = ?1 AND currency = ?2 {only}",
        "posting-rules": "SELECT {first} 1 FROM posting_rule WHERE tenant_id = ?1 AND currency = ?2 {only}",
        // Maintained balances know every currency that was ever posted in, and are few beside the lines.
        "journal-entries": "SELECT {first} 1 FROM account_balance WHERE tenant_id = ?1 AND currency = ?2 {only}",
        "journal-entries" ("drafts"):
            "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND status = 'draft' AND currency = ?2 {only}",
        "ledger-settings":
            "SELECT {first} 1 FROM ledger_settings WHERE tenant_id = ?1 AND reporting_currency = ?2 {only}",
        "parties": "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND (customer_currency = ?2 OR supplier_currency = ?2) {only}",
        "bank-accounts": "SELECT {first} 1 FROM party_bank_account WHERE tenant_id = ?1 AND currency = ?2 {only}",
    }
    mentioned true
}
