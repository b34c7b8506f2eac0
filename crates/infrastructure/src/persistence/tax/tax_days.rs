//! Sums of tax entries by day, box and account: collected while a command runs, added to their rows when it ends, so that a
//! return reads as many rows as its period has days and boxes, however many entries there are.

use std::collections::BTreeMap;

use application::ports::storage_error::{StorageError, StorageResult};
use chrono::NaiveDate;
use domain::ids::{AccountId, TenantId};
use domain::money::Amount;
use domain::tax::tax_entry::TaxEntry;
use uuid::Uuid;

use crate::sql::bulk::Accumulate;
use crate::sql::value::{Kind, Value};

pub static TAX_DAY: Accumulate = Accumulate::new(
    "tax.tax_day.add",
    "tax_day",
    &[
        ("tenant_id", Kind::Id),
        ("tax_date", Kind::Date),
        ("return_box", Kind::Text(50)),
        ("side", Kind::Text(10)),
        ("account_id", Kind::Id),
        ("is_correction", Kind::Bool),
        ("shard", Kind::Int),
    ],
    &["base", "tax", "filed_base", "filed_tax"],
)
.counting(&["entry_count", "filed_count"]);

/// The shard of the sums; further shards may follow, readers add them up.
const SHARD: i64 = 0;

/// The account of entries without one, because a key has no nulls.
pub const NO_ACCOUNT: AccountId = AccountId::new(Uuid::nil());

/// Tax date, box, side, account, and whether the entries correct documents.
pub type TaxDayKey = (NaiveDate, String, &'static str, AccountId, bool);

/// The gain of one key.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaxDayDelta {
    pub base: Amount,
    pub tax: Amount,
    pub entries: i64,
    pub filed_base: Amount,
    pub filed_tax: Amount,
    pub filed: i64,
}

/// Deltas that are not written yet, in key order.
#[derive(Debug, Default)]
pub struct PendingTaxDays(BTreeMap<TaxDayKey, TaxDayDelta>);

impl PendingTaxDays {
    /// An entry without a box is in no return.
    pub fn add(&mut self, entry: &TaxEntry) -> StorageResult<()> {
        let Some(return_box) = &entry.return_box else { return Ok(()) };
        let account = entry.account.unwrap_or(NO_ACCOUNT);
        let key =
            (entry.tax_date, return_box.to_string(), entry.side.as_str(), account, entry.corrects.is_some());
        let delta = self.0.entry(key).or_default();
        delta.base = sum(delta.base, entry.base)?;
        delta.tax = sum(delta.tax, entry.tax)?;
        delta.entries += 1;
        Ok(())
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The rows of [`TAX_DAY`].
    pub fn rows(self, tenant: TenantId) -> Vec<Vec<Value>> {
        self.0.into_iter().map(|(key, delta)| row(tenant, key, delta)).collect()
    }
}

/// A row of [`TAX_DAY`].
pub fn row(tenant: TenantId, key: TaxDayKey, delta: TaxDayDelta) -> Vec<Value> {
    let (date, return_box, side, account, correction) = key;
    vec![
        tenant.into(),
        date.into(),
        return_box.as_str().into(),
        side.into(),
        account.into(),
        correction.into(),
        SHARD.into(),
        delta.base.into(),
        delta.tax.into(),
        delta.filed_base.into(),
        delta.filed_tax.into(),
        delta.entries.into(),
        delta.filed.into(),
    ]
}

fn sum(a: Amount, b: Amount) -> StorageResult<Amount> {
    a.checked_add(b).ok_or_else(|| StorageError::Internal("a sum of tax entries no longer fits".to_owned()))
}
