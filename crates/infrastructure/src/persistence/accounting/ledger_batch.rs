//! [`LedgerBatchRepository`] in SQL: the books read at once, posted entries written in large pieces.

use application::accounting::ports::journal_entries::EntryMeta;
use application::accounting::ports::ledger::{ChainHead, JournalFacts};
use application::accounting::ports::ledger_batch::{LedgerBatchRepository, SessionFacts};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus, PeriodFacts};
use domain::accounting::journal_entry::PostedEntry;
use domain::ids::{JournalId, NumberSeriesId, UserId};
use domain::money::{Amount, Currency, CurrencyCode, Rate};

use super::facts::account_facts;
use super::journal_entry_rows::{LINE_INSERT, line_row};
use crate::persistence::SqlUnitOfWork;
use crate::sql::statement::Bulk;
use crate::sql::value::{Kind, Row, Value};
use crate::statements;

statements! {
    ACCOUNTS = "accounting.ledger_batch.accounts":
        "SELECT id, code, is_posting, active, currency, control, type FROM account WHERE tenant_id = ?1";
    CURRENCIES = "accounting.ledger_batch.currencies":
        "SELECT code, scale FROM currency WHERE tenant_id = ?1 AND active = 1";
    PERIODS = "accounting.ledger_batch.periods":
        "SELECT p.id, p.start_date, p.end_date, p.status, y.code FROM fiscal_period p \
         INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id AND y.id = p.fiscal_year_id \
         WHERE p.tenant_id = ?1 AND p.kind = ?2 ORDER BY p.start_date";
    RATES = "accounting.ledger_batch.rates":
        "SELECT rate_date, rate FROM exchange_rate WHERE tenant_id = ?1 AND currency = ?2 ORDER BY rate_date";
    NUMBER_LAST = "accounting.ledger_batch.last_number":
        "SELECT last_number FROM number_series_counter {lock} WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3";
    NUMBER_INSERT = "accounting.ledger_batch.insert_number":
        "INSERT INTO number_series_counter (tenant_id, series_id, period_key, last_number) VALUES (?1, ?2, ?3, ?4)";
    NUMBER_RAISE = "accounting.ledger_batch.raise_number":
        "UPDATE number_series_counter SET last_number = ?4 \
         WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3 AND last_number = ?5";
    CHAIN_INSERT = "accounting.ledger_batch.insert_chain":
        "INSERT INTO journal_chain (tenant_id, journal_id, sequence, hash) VALUES (?1, ?2, ?3, ?4)";
    CHAIN_MOVE = "accounting.ledger_batch.move_chain":
        "UPDATE journal_chain SET sequence = ?3, hash = ?4 WHERE tenant_id = ?1 AND journal_id = ?2 AND sequence = ?5";
}

pub static HEADER_INSERT: Bulk = Bulk::new(
    "accounting.journal_entry.insert_many",
    "journal_entry",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("journal_id", Kind::Id),
        ("kind", Kind::Text(20)),
        ("status", Kind::Text(20)),
        ("number", Kind::Text(60)),
        ("posting_date", Kind::Date),
        ("document_date", Kind::Date),
        ("fiscal_period_id", Kind::Id),
        ("currency", Kind::Text(3)),
        ("description", Kind::Text(500)),
        ("reference", Kind::Text(100)),
        ("notes", Kind::Text(2000)),
        ("control_reason", Kind::Text(500)),
        ("total", Kind::Amount),
        ("line_count", Kind::Int),
        ("reverses_id", Kind::Id),
        ("recurring_entry_id", Kind::Id),
        ("created_by", Kind::Id),
        ("posted_by", Kind::Id),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
        ("recorded_at", Kind::Time),
        ("chain_sequence", Kind::Int),
        ("hash", Kind::Hash),
        ("previous_hash", Kind::Hash),
        ("version", Kind::Int),
    ],
);
pub static BULKS: &[&Bulk] = &[&HEADER_INSERT];

#[async_trait]
impl LedgerBatchRepository for SqlUnitOfWork {
    async fn session_facts(&mut self, user: Option<UserId>) -> StorageResult<SessionFacts> {
        let tenant = [self.tenant.into()];
        let accounts = self.tx.query(&ACCOUNTS, &tenant).await?;
        let accounts = accounts.into_iter().map(|row| account_facts(row).map(|facts| (facts.id, facts)));
        let accounts = accounts.collect::<StorageResult<_>>()?;
        let currency = |row: Row| {
            let mut columns = row.columns("currency");
            let code: CurrencyCode = columns.get("code")?;
            Ok((code, Currency { code, scale: columns.get("scale")? }))
        };
        let currencies = self.tx.query(&CURRENCIES, &tenant).await?;
        let currencies = currencies.into_iter().map(currency).collect::<StorageResult<_>>()?;
        let regular = [self.tenant.into(), FiscalPeriodKind::Regular.as_str().into()];
        let periods = self.tx.query(&PERIODS, &regular).await?;
        Ok(SessionFacts {
            company: self.read_company().await?,
            accounts,
            currencies,
            settings: self.read_settings().await?,
            periods: periods.into_iter().map(period).collect::<StorageResult<_>>()?,
            locks: self.read_locks().await?,
            exceptions: self.read_exceptions(user).await?,
            dimension_rules: self.read_dimension_rules().await?,
        })
    }

    async fn journal_facts(&mut self, journal: JournalId) -> StorageResult<Option<JournalFacts>> {
        self.read_journal(journal).await
    }

    async fn exchange_rates(&mut self, currency: CurrencyCode) -> StorageResult<Vec<(NaiveDate, Rate)>> {
        let rows = self.tx.query(&RATES, &[self.tenant.into(), currency.into()]).await?;
        let read = |row: Row| {
            let mut columns = row.columns("exchange_rate");
            Ok((columns.get("rate_date")?, columns.get("rate")?))
        };
        rows.into_iter().map(read).collect()
    }

    async fn last_number(&mut self, series: NumberSeriesId, period_key: &str) -> StorageResult<i64> {
        let row = self.tx.find(&NUMBER_LAST, &[self.tenant.into(), series.into(), period_key.into()]).await?;
        row.map_or(Ok(0), |row| row.single("number_series_counter", "last_number"))
    }

    async fn raise_number(
        &mut self,
        series: NumberSeriesId,
        period_key: &str,
        from: i64,
        to: i64,
    ) -> StorageResult<()> {
        let params = [self.tenant.into(), series.into(), period_key.into(), to.into(), from.into()];
        if from == 0 && self.last_number(series, period_key).await? == 0 {
            // A counter that stands at 0 was never written.
            return self.tx.execute_one(&NUMBER_INSERT, &params[..4]).await;
        }
        self.tx.execute_one(&NUMBER_RAISE, &params).await
    }

    async fn move_chain_head(&mut self, journal: JournalId, from: i64, head: ChainHead) -> StorageResult<()> {
        let params =
            [self.tenant.into(), journal.into(), head.sequence.into(), head.hash.into(), from.into()];
        if from == 0 {
            return self.tx.execute_one(&CHAIN_INSERT, &params[..4]).await;
        }
        self.tx.execute_one(&CHAIN_MOVE, &params).await
    }

    async fn insert_posted_many(
        &mut self,
        entries: &[(PostedEntry, EntryMeta)],
        posted_by: Option<UserId>,
    ) -> StorageResult<()> {
        let headers = entries.iter().map(|(entry, meta)| header_row(entry, meta, posted_by));
        self.tx.insert_many(&HEADER_INSERT, headers).await?;
        let count = entries.iter().map(|(entry, _)| entry.lines().len()).sum();
        let mut lines = Vec::with_capacity(count);
        for (entry, _) in entries {
            lines.extend(entry.lines().iter().map(|line| line_row(entry.header(), line)));
        }
        self.tx.insert_many(&LINE_INSERT, lines.into_iter()).await
    }
}

fn period(row: Row) -> StorageResult<(PeriodFacts, String)> {
    let mut columns = row.columns("fiscal_period");
    let facts = PeriodFacts {
        id: columns.get("id")?,
        start: columns.get("start_date")?,
        end: columns.get("end_date")?,
        kind: FiscalPeriodKind::Regular,
        status: columns.parse("status", |text| FiscalPeriodStatus::parse(text).ok())?,
    };
    Ok((facts, columns.get("code")?))
}

fn header_row(entry: &PostedEntry, meta: &EntryMeta, posted_by: Option<UserId>) -> Vec<Value> {
    let header = entry.header();
    let total = Amount::sum(entry.lines().iter().map(|line| line.debit)).unwrap_or_default();
    vec![
        header.tenant_id.into(),
        header.id.into(),
        header.journal_id.into(),
        header.kind.as_str().into(),
        entry.status().as_str().into(),
        header.number.as_str().into(),
        header.posting_date.into(),
        header.document_date.into(),
        header.fiscal_period_id.into(),
        header.currency.into(),
        header.description.as_deref().into(),
        header.reference.as_deref().into(),
        meta.notes.as_deref().into(),
        header.control_reason.as_deref().into(),
        total.into(),
        Value::Int(i64::try_from(entry.lines().len()).unwrap_or(i64::MAX)),
        header.reverses.into(),
        meta.recurring_entry_id.into(),
        meta.created_by.into(),
        posted_by.into(),
        meta.created_at.into(),
        header.recorded_at.into(),
        header.recorded_at.into(),
        header.chain_sequence.into(),
        (*entry.hash()).into(),
        (*entry.previous_hash()).into(),
        Value::Int(1),
    ]
}
