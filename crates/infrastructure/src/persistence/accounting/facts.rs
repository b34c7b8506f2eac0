//! The books as postings find them.

use std::collections::BTreeSet;

use application::accounting::ports::books::Books;
use application::accounting::ports::ledger::{
    AccountKeys, Days, FoundPeriod, JournalFacts, JournalKey, LedgerSettings,
};
use application::ports::storage_error::StorageResult;
use chrono::NaiveDate;
use domain::accounting::account::{AccountFacts, AccountType, ControlKind};
use domain::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus, PeriodFacts};
use domain::accounting::journal::Journal;
use domain::accounting::lock::{LockException, LockKind, Locks};
use domain::ids::UserId;
use domain::money::{Currency, CurrencyCode, Rate};
use domain::text::LocalizedName;
use domain::time::Timestamp;

use super::columns::read_name;
use super::company_money::{no_tenant, read_company};
use super::ledger_settings::read_settings;
use super::number_series::read_series;
use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Table;
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Row, Value};
use crate::statements;

/// Of one journal, by a condition on it.
macro_rules! journal_select {
    ($condition:literal) => {
        concat!(
            "SELECT j.id, j.code, j.name_ar, j.name_en, j.kind, j.number_series_id, j.active, j.version, \
             s.id, s.code, s.name_ar, s.name_en, s.pattern, s.reset, s.gapless, s.active, s.version \
             FROM journal j INNER JOIN number_series s ON s.tenant_id = j.tenant_id AND s.id = j.number_series_id \
             WHERE j.tenant_id = ?1 AND ",
            $condition
        )
    };
}

/// The columns in which [`read_account`] reads an account.
macro_rules! account_select {
    () => {
        "SELECT id, code, is_posting, active, currency, control, reconcilable, type, name_ar, name_en FROM account WHERE tenant_id = ?1"
    };
}
pub(super) use account_select;

const HOUR_MICROS: i64 = 3_600_000_000;

statements! {
    COMPANY = "accounting.facts.company" as reference:
        "SELECT t.currency, c.scale FROM tenant t LEFT JOIN currency c ON c.tenant_id = t.id AND c.code = t.currency WHERE t.id = ?1";
    SETTINGS = "accounting.facts.settings" as reference:
        "SELECT retained_earnings_account_id, rounding_account_id, opening_account_id, \
         exchange_differences_account_id, unrealised_exchange_account_id, receivable_revaluation_account_id, \
         payable_revaluation_account_id, inter_branch_account_id, translation_difference_account_id, \
         balancing_dimension_id, reporting_currency, reporting_income_rate, version \
         FROM ledger_settings WHERE tenant_id = ?1";
    JOURNAL = "accounting.facts.journal" as reference: journal_select!("j.id = ?2");
    JOURNAL_BY_CODE = "accounting.facts.journal_by_code" as reference: journal_select!("j.code = ?2");
    PERIODS = "accounting.facts.periods" as reference:
        "SELECT p.id, p.start_date, p.end_date, p.status, y.code \
         FROM fiscal_period p \
         INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id AND y.id = p.fiscal_year_id \
         WHERE p.tenant_id = ?1 AND p.kind = ?2 AND p.start_date <= ?4 AND p.end_date >= ?3 ORDER BY p.start_date";
    LOCKS = "accounting.facts.locks" as reference:
        "SELECT kind, locked_through FROM ledger_lock WHERE tenant_id = ?1 AND locked_through IS NOT NULL";
    EXCEPTIONS = "accounting.facts.exceptions" as reference:
        "SELECT id, kind, user_id, starts_at, expires_at, reason FROM lock_exception \
         WHERE tenant_id = ?1 AND user_id = ?2 AND revoked_at IS NULL AND expires_at > ?3";
    // Of one day it is the rate in force; of many those of the days, and the one in force on the first.
    RATES = "accounting.facts.rates" as reference:
        "SELECT r.rate_date, r.rate FROM exchange_rate r WHERE r.tenant_id = ?1 AND r.currency = ?2 AND r.rate_date <= ?4 \
         AND r.rate_date >= COALESCE((SELECT MAX(f.rate_date) FROM exchange_rate f \
         WHERE f.tenant_id = ?1 AND f.currency = ?2 AND f.rate_date <= ?3), ?3) ORDER BY r.rate_date";
}

pub static ACCOUNTS: Lookup =
    Lookup::new("accounting.facts.accounts", account_select!(), ("id", Kind::Id)).reference();
pub static ACCOUNTS_BY_CODE: Lookup =
    Lookup::new("accounting.facts.accounts_by_code", account_select!(), ("code", Kind::Text(50))).reference();
pub static CURRENCIES: Lookup = Lookup::new(
    "accounting.facts.currencies",
    "SELECT code, scale, active FROM currency WHERE tenant_id = ?1",
    ("code", Kind::Text(3)),
)
.reference();
pub static LOOKUPS: &[&Lookup] = &[&ACCOUNTS, &ACCOUNTS_BY_CODE, &CURRENCIES];

impl SqlUnitOfWork {
    pub(crate) async fn read_books(&mut self, user: Option<UserId>) -> StorageResult<Books> {
        let books = Books::new(self.read_company().await?, self.read_settings().await?, user);
        Ok(Books {
            locks: self.read_locks().await?,
            exceptions: self.read_exceptions(user).await?,
            approval_policies: self.read_approval_policies().await?,
            dimension_defaults: self.read_dimension_defaults().await?,
            budgets: self.read_controlling_budgets().await?,
            dimension_rules: self.read_dimension_rules().await?,
            ..books
        })
    }

    pub(crate) async fn read_company(&mut self) -> StorageResult<Currency> {
        let row = self.tx.find(&COMPANY, &[self.tenant.into()]).await?;
        row.map_or_else(no_tenant, read_company)
    }

    pub(crate) async fn read_settings(&mut self) -> StorageResult<LedgerSettings> {
        let row = self.tx.find(&SETTINGS, &[self.tenant.into()]).await?;
        row.map_or_else(|| Ok(LedgerSettings::default()), read_settings)
    }

    pub(crate) async fn read_journal(&mut self, key: JournalKey<'_>) -> StorageResult<Option<JournalFacts>> {
        let (statement, key) = match key {
            JournalKey::Id(id) => (&JOURNAL, Value::from(id)),
            JournalKey::Code(code) => (&JOURNAL_BY_CODE, Value::from(code)),
        };
        let row = self.tx.find(statement, &[self.tenant.into(), key]).await?;
        row.map(|row| {
            let mut columns = row.columns("journal");
            let journal = Journal::read(&mut columns)?;
            Ok(JournalFacts { journal, series: read_series(&mut columns)? })
        })
        .transpose()
    }

    pub(crate) async fn read_accounts(
        &mut self,
        keys: AccountKeys<'_>,
    ) -> StorageResult<Vec<(AccountFacts, LocalizedName)>> {
        let rows = match keys {
            AccountKeys::Ids(ids) => {
                self.tx.lookup(&ACCOUNTS, self.tenant, ids.iter().map(|id| (*id).into())).await?
            }
            AccountKeys::Codes(codes) => {
                self.tx.lookup(&ACCOUNTS_BY_CODE, self.tenant, codes.iter().map(Value::from)).await?
            }
        };
        rows.into_iter().map(read_account).collect()
    }

    pub(crate) async fn read_currencies(
        &mut self,
        codes: &BTreeSet<CurrencyCode>,
    ) -> StorageResult<Vec<(Currency, bool)>> {
        let codes = codes.iter().map(|code| (*code).into());
        let rows = self.tx.lookup(&CURRENCIES, self.tenant, codes).await?;
        let read = |row: Row| {
            let mut columns = row.columns("currency");
            let currency = Currency { code: columns.get("code")?, scale: columns.get("scale")? };
            Ok((currency, columns.get("active")?))
        };
        rows.into_iter().map(read).collect()
    }

    pub(crate) async fn read_rates(
        &mut self,
        currency: CurrencyCode,
        days: Days,
    ) -> StorageResult<Vec<(NaiveDate, Rate)>> {
        let params = [self.tenant.into(), currency.into(), days.first.into(), days.last.into()];
        let read = |row: Row| {
            let mut columns = row.columns("exchange_rate");
            Ok((columns.get("rate_date")?, columns.get("rate")?))
        };
        self.tx.query(&RATES, &params).await?.into_iter().map(read).collect()
    }

    pub(crate) async fn read_periods(
        &mut self,
        kind: FiscalPeriodKind,
        days: Days,
    ) -> StorageResult<Vec<FoundPeriod>> {
        let params = [self.tenant.into(), kind.as_str().into(), days.first.into(), days.last.into()];
        let read = |row: Row| {
            let mut columns = row.columns("fiscal_period");
            let period = PeriodFacts {
                id: columns.get("id")?,
                start: columns.get("start_date")?,
                end: columns.get("end_date")?,
                kind,
                status: columns.parse("status", |text| FiscalPeriodStatus::parse(text).ok())?,
            };
            Ok(FoundPeriod { period, year: columns.get("code")? })
        };
        self.tx.query(&PERIODS, &params).await?.into_iter().map(read).collect()
    }

    pub(crate) async fn read_locks(&mut self) -> StorageResult<Locks> {
        let rows = self.tx.query(&LOCKS, &[self.tenant.into()]).await?;
        let read = |row: Row| {
            let mut columns = row.columns("ledger_lock");
            Ok((columns.parse("kind", |text| LockKind::parse(text).ok())?, columns.get("locked_through")?))
        };
        let dates = rows.into_iter().map(read).collect::<StorageResult<Vec<_>>>()?;
        Ok(Locks::from_stored(dates))
    }

    pub(crate) async fn read_exceptions(
        &mut self,
        user: Option<UserId>,
    ) -> StorageResult<Vec<LockException>> {
        let Some(user) = user else { return Ok(Vec::new()) };
        // By the hour, so that the answer can be remembered; the rule compares the moment itself.
        let hour = Timestamp::from_micros(self.now.micros() - self.now.micros().rem_euclid(HOUR_MICROS));
        let rows = self.tx.query(&EXCEPTIONS, &[self.tenant.into(), user.into(), hour.into()]).await?;
        let read = |row: Row| {
            let mut columns = row.columns("lock_exception");
            Ok(LockException {
                id: columns.get("id")?,
                kind: columns.parse("kind", |text| LockKind::parse(text).ok())?,
                user_id: columns.get("user_id")?,
                starts: columns.get("starts_at")?,
                expires_at: columns.get("expires_at")?,
                reason: columns.get("reason")?,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

/// The columns of `account_select!`
pub(super) fn read_account(row: Row) -> StorageResult<(AccountFacts, LocalizedName)> {
    let mut columns = row.columns("account");
    let (id, code, is_posting, active, currency) = (
        columns.get("id")?,
        columns.get("code")?,
        columns.get("is_posting")?,
        columns.get("active")?,
        columns.get("currency")?,
    );
    let control: ControlKind = columns.parse("control", |text| ControlKind::parse(text).ok())?;
    let reconcilable: bool = columns.get("reconcilable")?;
    let account_type = columns.parse("type", |text| AccountType::parse(text).ok())?;
    let requires_party = control.requires_party();
    let facts = AccountFacts {
        id,
        code,
        is_posting,
        active,
        currency,
        control,
        requires_party,
        opens_lines: reconcilable && !requires_party,
        account_type,
    };
    Ok((facts, read_name(&mut columns)?))
}
