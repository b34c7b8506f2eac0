//! The books at the moment of posting, read for one entry.

use std::collections::HashMap;

use application::accounting::ports::ledger::{FactsRequest, JournalFacts, LedgerSettings, PostingFacts};
use application::ports::storage_error::StorageResult;
use chrono::{Datelike, NaiveDate};
use domain::accounting::account::{AccountFacts, AccountType, ControlKind};
use domain::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus, PeriodFacts};
use domain::accounting::journal::Journal;
use domain::accounting::lock::{LockException, LockKind, Locks};
use domain::ids::{AccountId, FiscalYearId, JournalId, UserId};
use domain::money::{Currency, CurrencyCode, Rate};
use domain::time::Timestamp;

use super::company_money::{no_tenant, read_company};
use super::dimension_facts::names_values;
use super::ledger_settings::read_settings;
use super::number_series::read_series;
use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Table;
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Row};
use crate::statements;

/// The columns in which [`account_facts`] reads an account.
macro_rules! account_facts_columns {
    () => {
        "id, code, is_posting, active, currency, control, type"
    };
}
pub(crate) use account_facts_columns;

const HOUR_MICROS: i64 = 3_600_000_000;

statements! {
    COMPANY = "accounting.facts.company" as reference:
        "SELECT t.currency, c.scale FROM tenant t LEFT JOIN currency c ON c.tenant_id = t.id AND c.code = t.currency WHERE t.id = ?1";
    SETTINGS = "accounting.facts.settings" as reference:
        "SELECT retained_earnings_account_id, rounding_account_id, opening_account_id, version \
         FROM ledger_settings WHERE tenant_id = ?1";
    JOURNAL = "accounting.facts.journal" as reference:
        "SELECT j.id, j.code, j.name_ar, j.name_en, j.kind, j.number_series_id, j.active, j.version, \
         s.id, s.code, s.name_ar, s.name_en, s.pattern, s.reset, s.gapless, s.active, s.version \
         FROM journal j INNER JOIN number_series s ON s.tenant_id = j.tenant_id AND s.id = j.number_series_id \
         WHERE j.tenant_id = ?1 AND j.id = ?2";
    PERIODS = "accounting.facts.periods" as reference:
        "SELECT p.id, p.start_date, p.end_date, p.kind, p.status, y.id AS fiscal_year_id, y.code \
         FROM fiscal_period p \
         INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id AND y.id = p.fiscal_year_id \
         WHERE p.tenant_id = ?1 AND p.kind = ?2 AND p.start_date <= ?4 AND p.end_date >= ?3 ORDER BY p.start_date DESC";
    LOCKS = "accounting.facts.locks" as reference:
        "SELECT kind, locked_through FROM ledger_lock WHERE tenant_id = ?1 AND locked_through IS NOT NULL";
    EXCEPTIONS = "accounting.facts.exceptions" as reference:
        "SELECT id, kind, user_id, starts_at, expires_at, reason FROM lock_exception \
         WHERE tenant_id = ?1 AND user_id = ?2 AND revoked_at IS NULL AND expires_at > ?3";
    RATE = "accounting.facts.rate" as reference:
        "SELECT {first} rate FROM exchange_rate WHERE tenant_id = ?1 AND currency = ?2 AND rate_date <= ?3 \
         ORDER BY rate_date DESC {only}";
}

pub static ACCOUNTS: Lookup = Lookup::new(
    "accounting.facts.accounts",
    concat!("SELECT ", account_facts_columns!(), " FROM account WHERE tenant_id = ?1"),
    ("id", Kind::Id),
)
.reference();
pub static CURRENCIES: Lookup = Lookup::new(
    "accounting.facts.currencies",
    "SELECT code, scale FROM currency WHERE tenant_id = ?1 AND active = 1",
    ("code", Kind::Text(3)),
)
.reference();
/// Year close empties accounts in currencies that are no longer used, too.
pub static ANY_CURRENCIES: Lookup = Lookup::new(
    "accounting.facts.any_currencies",
    "SELECT code, scale FROM currency WHERE tenant_id = ?1",
    ("code", Kind::Text(3)),
)
.reference();
pub static LOOKUPS: &[&Lookup] = &[&ACCOUNTS, &CURRENCIES, &ANY_CURRENCIES];

fn month_of(date: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = date.with_day(1).unwrap_or(date);
    let last = date.with_day(u32::from(date.num_days_in_month())).unwrap_or(date);
    (first, last)
}

impl SqlUnitOfWork {
    pub(crate) async fn read_facts(&mut self, request: &FactsRequest) -> StorageResult<PostingFacts> {
        let company = self.read_company().await?;
        let (period, fiscal_year) = self.read_period(request).await?;
        let foreign = request.currencies.iter().filter(|code| **code != company.code);
        let foreign: Vec<CurrencyCode> = foreign.copied().collect();
        let dimension_rules = self.read_dimension_rules().await?;
        let named = dimension_rules.iter().any(|rule| names_values(&rule.kind));
        let dimension_tree = self.read_dimension_tree(&request.dimension_values, named).await?;
        Ok(PostingFacts {
            company,
            journal: self.read_journal(request.journal_id).await?,
            accounts: self.read_accounts(request.accounts.iter().copied()).await?,
            currencies: self.read_currencies(&foreign, request.closing).await?,
            rates: self.read_rates(&foreign, request).await?,
            settings: self.read_settings().await?,
            period,
            fiscal_year,
            locks: self.read_locks().await?,
            exceptions: self.read_exceptions(request.user).await?,
            dimension_rules,
            dimension_tree,
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

    pub(crate) async fn read_journal(&mut self, journal: JournalId) -> StorageResult<Option<JournalFacts>> {
        let row = self.tx.find(&JOURNAL, &[self.tenant.into(), journal.into()]).await?;
        row.map(|row| {
            let mut columns = row.columns("journal");
            let journal = Journal::read(&mut columns)?;
            Ok(JournalFacts { journal, series: read_series(&mut columns)? })
        })
        .transpose()
    }

    async fn read_accounts(
        &mut self,
        ids: impl Iterator<Item = AccountId> + Send,
    ) -> StorageResult<HashMap<AccountId, AccountFacts>> {
        let rows = self.tx.lookup(&ACCOUNTS, self.tenant, ids.map(Into::into)).await?;
        rows.into_iter().map(|row| account_facts(row).map(|facts| (facts.id, facts))).collect()
    }

    pub(super) async fn read_currencies(
        &mut self,
        codes: &[CurrencyCode],
        inactive_too: bool,
    ) -> StorageResult<HashMap<CurrencyCode, Currency>> {
        let lookup = if inactive_too { &ANY_CURRENCIES } else { &CURRENCIES };
        let rows = self.tx.lookup(lookup, self.tenant, codes.iter().map(|code| (*code).into())).await?;
        rows.into_iter().map(read_currency).collect()
    }

    async fn read_rates(
        &mut self,
        codes: &[CurrencyCode],
        request: &FactsRequest,
    ) -> StorageResult<HashMap<CurrencyCode, Rate>> {
        let mut rates = HashMap::new();
        for code in codes {
            let params = [self.tenant.into(), (*code).into(), request.posting_date.into()];
            if let Some(row) = self.tx.find(&RATE, &params).await? {
                rates.insert(*code, row.single("exchange_rate", "rate")?);
            }
        }
        Ok(rates)
    }

    async fn read_period(
        &mut self,
        request: &FactsRequest,
    ) -> StorageResult<(Option<PeriodFacts>, Option<(FiscalYearId, String)>)> {
        let kind = if request.closing { FiscalPeriodKind::Closing } else { FiscalPeriodKind::Regular };
        // By the month, so that the answer can be remembered for every day of it.
        let (first, last) = month_of(request.posting_date);
        let params = [self.tenant.into(), kind.as_str().into(), first.into(), last.into()];
        for row in self.tx.query(&PERIODS, &params).await? {
            let mut columns = row.columns("fiscal_period");
            let period = PeriodFacts {
                id: columns.get("id")?,
                start: columns.get("start_date")?,
                end: columns.get("end_date")?,
                kind: columns.parse("kind", |text| FiscalPeriodKind::parse(text).ok())?,
                status: columns.parse("status", |text| FiscalPeriodStatus::parse(text).ok())?,
            };
            if (period.start..=period.end).contains(&request.posting_date) {
                return Ok((Some(period), Some((columns.get("fiscal_year_id")?, columns.get("code")?))));
            }
        }
        Ok((None, None))
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

/// `code, scale`
pub(crate) fn read_currency(row: Row) -> StorageResult<(CurrencyCode, Currency)> {
    let mut columns = row.columns("currency");
    let code = columns.get("code")?;
    Ok((code, Currency { code, scale: columns.get("scale")? }))
}

/// `account_facts_columns!`
pub(crate) fn account_facts(row: Row) -> StorageResult<AccountFacts> {
    let mut columns = row.columns("account");
    let (id, code, is_posting, active, currency) = (
        columns.get("id")?,
        columns.get("code")?,
        columns.get("is_posting")?,
        columns.get("active")?,
        columns.get("currency")?,
    );
    let control = columns.parse("control", |text| ControlKind::parse(text).ok())?;
    Ok(AccountFacts {
        id,
        code,
        is_posting,
        active,
        currency,
        control,
        requires_party: control.requires_party(),
        account_type: columns.parse("type", |text| AccountType::parse(text).ok())?,
    })
}
