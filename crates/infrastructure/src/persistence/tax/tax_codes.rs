//! Tax codes in SQL. The rates of a code are read and written with it, so they are a document in its row.

use std::collections::{BTreeSet, HashMap};

use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use application::tax::ports::TaxCodeQueries;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::TenantId;
use domain::money::Percentage;
use domain::tax::category::TaxCategory;
use domain::tax::exemption::ExemptionReason;
use domain::tax::tax_code::{IrrecoverableTo, TaxCode, TaxKind, TaxRate, TaxRates};
use serde::{Deserialize, Serialize};

use crate::persistence::table::{Column, Table};
use crate::sql::db::Db;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};
use crate::{table, word_column};

word_column!(TaxKind);
word_column!(TaxCategory);
word_column!(ExemptionReason);
word_column!(IrrecoverableTo);

table! {
    TaxCode in "tax", "tax_code" by id;
    columns {
        code,
        name: [name_ar, name_en],
        kind,
        category,
        reason,
        recoverable_percent,
        irrecoverable_to,
        output_box,
        input_box,
        rates,
        active,
    }
    search { code, name }
    unique code
    used by {
        // Lines name the code by its text.
        "journal-entries": "SELECT {first} 1 FROM tax_code t \
            INNER JOIN ledger_line l ON l.tenant_id = t.tenant_id AND l.tax_code = t.code \
            WHERE t.tenant_id = ?1 AND t.id = ?2 AND l.tax_code IS NOT NULL {only}",
        "tax-entries": "SELECT {first} 1 FROM tax_code t \
            INNER JOIN tax_entry e ON e.tenant_id = t.tenant_id AND e.tax_code = t.code \
            WHERE t.tenant_id = ?1 AND t.id = ?2 {only}",
        "withholding-entries": "SELECT {first} 1 FROM tax_code t \
            INNER JOIN withholding_entry e ON e.tenant_id = t.tenant_id AND e.tax_code = t.code \
            WHERE t.tenant_id = ?1 AND t.id = ?2 {only}",
        "parties": "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND (tax_treatment_id = ?2 OR withholding_id = ?2) {only}",
    }
    mentioned false
}

pub static BY_CODE: Lookup = Lookup::new(
    "tax.tax_code.by_code",
    "SELECT t.id, t.code, t.name_ar, t.name_en, t.kind, t.category, t.reason, t.recoverable_percent, \
     t.irrecoverable_to, t.output_box, t.input_box, t.rates, t.active, t.version \
     FROM tax_code t WHERE t.tenant_id = ?1",
    ("t.code", Kind::Text(50)),
);

pub static LOOKUPS: &[&Lookup] = &[&BY_CODE];

#[async_trait]
impl TaxCodeQueries for Db {
    async fn tax_codes(
        &self,
        tenant: TenantId,
        codes: &BTreeSet<String>,
    ) -> AppResult<HashMap<String, TaxCode>> {
        let rows = self.lookup(&BY_CODE, tenant, codes.iter().map(Value::from)).await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            let code = TaxCode::read(&mut row.columns("tax_code"))?;
            found.insert(code.code.to_string(), code);
        }
        Ok(found)
    }
}

/// A rate as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredRate {
    from: NaiveDate,
    rate: String,
}

impl Column for TaxRates {
    fn put(&self, values: &mut Vec<Value>) {
        let stored = |rate: &TaxRate| StoredRate { from: rate.from, rate: rate.rate.to_string() };
        let rates: Vec<StoredRate> = self.iter().map(stored).collect();
        values.push(serde_json::json!(rates).to_string().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), rates)
    }
}

fn rates(text: &str) -> Option<TaxRates> {
    let stored: Vec<StoredRate> = serde_json::from_str(text).ok()?;
    let rate =
        |stored: StoredRate| Some(TaxRate { from: stored.from, rate: Percentage::parse(&stored.rate).ok()? });
    TaxRates::new(stored.into_iter().map(rate).collect::<Option<_>>()?).ok()
}
