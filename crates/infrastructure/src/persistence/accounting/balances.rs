//! Maintained balances: deltas collected while a command runs, added to their rows when it ends.

use std::collections::BTreeMap;

use application::ports::storage_error::{StorageError, StorageResult};
use chrono::NaiveDate;
use domain::accounting::journal_entry::{PostedLine, ValidatedEntry};
use domain::ids::{AccountId, DimensionSetId, FiscalPeriodId, TenantId};
use domain::money::{Amount, CurrencyCode};

use crate::persistence::SqlUnitOfWork;
use crate::persistence::tax::tax_days::{PendingTaxDays, TAX_DAY};
use crate::sql::bulk::Accumulate;
use crate::sql::value::{Kind, Value};

const AMOUNTS: &[&str] = &["debit", "credit", "currency_debit", "currency_credit"];

pub static ACCOUNT_BALANCE: Accumulate = Accumulate::new(
    "accounting.account_balance.add",
    "account_balance",
    &[
        ("tenant_id", Kind::Id),
        ("fiscal_period_id", Kind::Id),
        ("account_id", Kind::Id),
        ("currency", Kind::Text(3)),
        ("shard", Kind::Int),
    ],
    AMOUNTS,
);
pub static DAILY_BALANCE: Accumulate = Accumulate::new(
    "accounting.daily_balance.add",
    "daily_balance",
    &[
        ("tenant_id", Kind::Id),
        ("fiscal_period_id", Kind::Id),
        ("posting_date", Kind::Date),
        ("account_id", Kind::Id),
        ("currency", Kind::Text(3)),
        ("shard", Kind::Int),
    ],
    AMOUNTS,
);
pub static DIMENSION_BALANCE: Accumulate = Accumulate::new(
    "accounting.dimension_balance.add",
    "dimension_balance",
    &[
        ("tenant_id", Kind::Id),
        ("fiscal_period_id", Kind::Id),
        ("account_id", Kind::Id),
        ("dimension_set_id", Kind::Id),
        ("currency", Kind::Text(3)),
        ("shard", Kind::Int),
    ],
    AMOUNTS,
);
pub static ACCUMULATIONS: &[&Accumulate] = &[&ACCOUNT_BALANCE, &DAILY_BALANCE, &DIMENSION_BALANCE, &TAX_DAY];

/// Where amounts of ordinary entries are; shards above it may follow, readers add them up.
const SHARD: i64 = 0;
/// Where opening balances and their reversals are, so that reports can tell them from movements without reading a line.
const OPENING_SHARD: i64 = -1;

/// The gain of one key.
#[derive(Debug, Clone, Copy, Default)]
struct Delta {
    debit: Amount,
    credit: Amount,
    currency_debit: Amount,
    currency_credit: Amount,
}

/// Deltas not yet written, in key order.
#[derive(Debug, Default)]
pub struct PendingBalances {
    by_account: BTreeMap<(FiscalPeriodId, AccountId, CurrencyCode, i64), Delta>,
    by_day: BTreeMap<(FiscalPeriodId, NaiveDate, AccountId, CurrencyCode, i64), Delta>,
    by_dimension_set: BTreeMap<(FiscalPeriodId, AccountId, DimensionSetId, CurrencyCode, i64), Delta>,
    pub(in crate::persistence) tax_days: PendingTaxDays,
}

impl PendingBalances {
    pub fn add(&mut self, entry: &ValidatedEntry) -> StorageResult<()> {
        let (period, date) = (entry.fiscal_period_id(), entry.posting_date());
        let shard = if entry.is_opening() { OPENING_SHARD } else { SHARD };
        for line in entry.lines() {
            let (account, currency) = (line.account, line.currency);
            add(self.by_account.entry((period, account, currency, shard)).or_default(), line)?;
            add(self.by_day.entry((period, date, account, currency, shard)).or_default(), line)?;
            if !line.dimension_set.is_empty() {
                let key = (period, account, line.dimension_set, currency, shard);
                add(self.by_dimension_set.entry(key).or_default(), line)?;
            }
        }
        Ok(())
    }

    pub fn clear(&mut self) {
        self.by_account.clear();
        self.by_day.clear();
        self.by_dimension_set.clear();
        self.tax_days.clear();
    }
}

fn add(delta: &mut Delta, line: &PostedLine) -> StorageResult<()> {
    let sum = |a: Amount, b: Amount| {
        a.checked_add(b).ok_or_else(|| StorageError::Internal("a balance no longer fits".to_owned()))
    };
    delta.debit = sum(delta.debit, line.debit)?;
    delta.credit = sum(delta.credit, line.credit)?;
    delta.currency_debit = sum(delta.currency_debit, line.currency_debit)?;
    delta.currency_credit = sum(delta.currency_credit, line.currency_credit)?;
    Ok(())
}

fn row(tenant: TenantId, keys: impl IntoIterator<Item = Value>, delta: Delta) -> Vec<Value> {
    let mut row = Vec::with_capacity(11);
    row.push(tenant.into());
    row.extend(keys);
    row.extend([delta.debit, delta.credit, delta.currency_debit, delta.currency_credit].map(Value::from));
    row
}

impl SqlUnitOfWork {
    /// Writes what is pending. Called when the command ends, and before anything reads balances.
    pub(crate) async fn flush_balances(&mut self) -> StorageResult<()> {
        let tenant = self.tenant;
        let pending = std::mem::take(&mut self.pending_balances);
        let accounts = pending.by_account.into_iter().map(|((period, account, currency, shard), delta)| {
            row(tenant, [period.into(), account.into(), currency.into(), shard.into()], delta)
        });
        self.tx.accumulate(&ACCOUNT_BALANCE, accounts).await?;
        let days = pending.by_day.into_iter().map(|((period, date, account, currency, shard), delta)| {
            row(tenant, [period.into(), date.into(), account.into(), currency.into(), shard.into()], delta)
        });
        self.tx.accumulate(&DAILY_BALANCE, days).await?;
        let sets =
            pending.by_dimension_set.into_iter().map(|((period, account, set, currency, shard), delta)| {
                row(tenant, [period.into(), account.into(), set.into(), currency.into(), shard.into()], delta)
            });
        self.tx.accumulate(&DIMENSION_BALANCE, sets).await?;
        self.tx.accumulate(&TAX_DAY, pending.tax_days.rows(tenant).into_iter()).await
    }
}
