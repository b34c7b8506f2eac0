//! [`LedgerBatchRepository`] in SQL: the books read at once, posted entries written in large pieces.

use application::accounting::ports::journal_entries::EntryMeta;
use application::accounting::ports::ledger::{ChainHead, JournalFacts};
use application::accounting::ports::ledger_batch::{LedgerBatchRepository, SessionFacts};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::dimension::DimensionTree;
use domain::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus, PeriodFacts};
use domain::accounting::journal_entry::PostedEntry;
use domain::ids::{JournalId, NumberSeriesId, UserId};
use domain::money::{CurrencyCode, Rate};

use super::dimension_facts::add_to_tree;
use super::facts::{account_facts, account_facts_columns, read_currency};
use super::journal_entry_inserts::{HEADER_INSERT, LINE_INSERT, header_row, line_row};
use super::ledger::NUMBER_INSERT;
use crate::persistence::SqlUnitOfWork;
use crate::sql::value::Row;
use crate::statements;

statements! {
    ACCOUNTS = "accounting.ledger_batch.accounts":
        concat!("SELECT ", account_facts_columns!(), " FROM account WHERE tenant_id = ?1");
    CURRENCIES = "accounting.ledger_batch.currencies":
        "SELECT code, scale FROM currency WHERE tenant_id = ?1 AND active = 1";
    PERIODS = "accounting.ledger_batch.periods":
        "SELECT p.id, p.start_date, p.end_date, p.status, y.code FROM fiscal_period p \
         INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id AND y.id = p.fiscal_year_id \
         WHERE p.tenant_id = ?1 AND p.kind = ?2 ORDER BY p.start_date";
    TREE = "accounting.ledger_batch.dimension_tree":
        "SELECT v.id, v.parent_id, v.postable, d.code AS dimension_code, v.code FROM dimension_value v \
         INNER JOIN dimension d ON d.tenant_id = v.tenant_id AND d.id = v.dimension_id \
         WHERE v.tenant_id = ?1 AND (v.parent_id IS NOT NULL OR v.postable = 0)";
    RATES = "accounting.ledger_batch.rates":
        "SELECT rate_date, rate FROM exchange_rate WHERE tenant_id = ?1 AND currency = ?2 ORDER BY rate_date";
    NUMBER_SET = "accounting.number_series_counter.set":
        "UPDATE number_series_counter SET last_number = ?4 \
         WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3 AND last_number = ?5";
}

#[async_trait]
impl LedgerBatchRepository for SqlUnitOfWork {
    async fn session_facts(&mut self, user: Option<UserId>) -> StorageResult<SessionFacts> {
        let tenant = [self.tenant.into()];
        let accounts = self.tx.query(&ACCOUNTS, &tenant).await?;
        let accounts = accounts.into_iter().map(|row| account_facts(row).map(|facts| (facts.id, facts)));
        let accounts = accounts.collect::<StorageResult<_>>()?;
        let currencies = self.tx.query(&CURRENCIES, &tenant).await?;
        let currencies = currencies.into_iter().map(read_currency).collect::<StorageResult<_>>()?;
        let regular = [self.tenant.into(), FiscalPeriodKind::Regular.as_str().into()];
        let periods = self.tx.query(&PERIODS, &regular).await?;
        let mut dimension_tree = DimensionTree::default();
        for row in self.tx.query(&TREE, &tenant).await? {
            add_to_tree(&mut dimension_tree, row)?;
        }
        Ok(SessionFacts {
            company: self.read_company().await?,
            accounts,
            currencies,
            settings: self.read_settings().await?,
            periods: periods.into_iter().map(period).collect::<StorageResult<_>>()?,
            locks: self.read_locks().await?,
            exceptions: self.read_exceptions(user).await?,
            dimension_rules: self.read_dimension_rules().await?,
            dimension_tree,
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
        self.read_last_number(series, period_key).await
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
        self.tx.execute_one(&NUMBER_SET, &params).await
    }

    async fn move_chain_head(&mut self, journal: JournalId, from: i64, head: ChainHead) -> StorageResult<()> {
        self.move_chain(journal, from, head).await
    }

    async fn insert_posted_many(&mut self, entries: &[(PostedEntry, EntryMeta)]) -> StorageResult<()> {
        let headers = entries.iter().map(|(entry, meta)| header_row(entry, meta));
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
