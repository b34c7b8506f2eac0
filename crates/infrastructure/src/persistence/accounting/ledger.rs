//! Numbers, the hash chain and look-ups by code: [`LedgerRepository`] in SQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use application::accounting::ports::ledger::{
    AccountName, ChainHead, DimensionPair, FactsRequest, LedgerRepository, LedgerSettings, PostingFacts,
};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::dimension::DimensionCombination;
use domain::accounting::hash_chain::GENESIS;
use domain::accounting::journal_entry::ValidatedEntry;
use domain::ids::{AccountId, DimensionSetId, JournalId, NumberSeriesId};
use domain::money::{Currency, CurrencyCode};

use super::columns::read_name;
use crate::persistence::SqlUnitOfWork;
use crate::persistence::bookkeeping::{EVENT_SEQUENCE, FEED_HEAD, FeedHead};
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Row, Value};
use crate::statements;

statements! {
    NUMBER_RAISE = "accounting.number_series_counter.raise":
        "UPDATE number_series_counter SET last_number = last_number + 1 \
         WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3 {returning last_number}",
        // The row is this transaction's own once it is written, so reading it again is reading what was written.
        mssql: "UPDATE number_series_counter SET last_number = last_number + 1 \
                WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3;\n\
                SELECT last_number FROM number_series_counter \
                WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3";
    NUMBER_INSERT = "accounting.number_series_counter.insert":
        "INSERT INTO number_series_counter (tenant_id, series_id, period_key, last_number) VALUES (?1, ?2, ?3, ?4)";
    NUMBER_GET = "accounting.number_series_counter.get":
        "SELECT last_number FROM number_series_counter {lock} WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3";
    CHAIN_GET = "accounting.journal_chain.get":
        "SELECT sequence, hash FROM journal_chain WHERE tenant_id = ?1 AND journal_id = ?2",
        // Locks by writing, which every server honours.
        mssql: "UPDATE journal_chain SET sequence = sequence WHERE tenant_id = ?1 AND journal_id = ?2;\n\
                SELECT sequence, hash FROM journal_chain WHERE tenant_id = ?1 AND journal_id = ?2";
    CHAIN_UPDATE = "accounting.journal_chain.update":
        "UPDATE journal_chain SET sequence = ?3, hash = ?4 WHERE tenant_id = ?1 AND journal_id = ?2 AND sequence = ?5";
    CHAIN_INSERT = "accounting.journal_chain.insert":
        "INSERT INTO journal_chain (tenant_id, journal_id, sequence, hash) VALUES (?1, ?2, ?3, ?4)";
    JOURNAL_BY_CODE = "accounting.journal.by_code" as reference: "SELECT id FROM journal WHERE tenant_id = ?1 AND code = ?2";
    JOURNAL_EXISTS = "accounting.journal.exists" as reference: "SELECT 1 FROM journal WHERE tenant_id = ?1 AND id = ?2";
}

pub static ACCOUNTS_BY_CODE: Lookup = Lookup::new(
    "accounting.account.by_code",
    "SELECT code, id FROM account WHERE tenant_id = ?1",
    ("code", Kind::Text(50)),
)
.reference();
pub static ACCOUNT_NAMES: Lookup = Lookup::new(
    "accounting.account.names",
    "SELECT id, code, name_ar, name_en FROM account WHERE tenant_id = ?1",
    ("id", Kind::Id),
)
.reference();
pub static LOOKUPS: &[&Lookup] = &[&ACCOUNTS_BY_CODE, &ACCOUNT_NAMES];

#[async_trait]
impl LedgerRepository for SqlUnitOfWork {
    async fn posting_facts(&mut self, request: &FactsRequest) -> StorageResult<PostingFacts> {
        self.read_facts(request).await
    }

    async fn settings(&mut self) -> StorageResult<LedgerSettings> {
        self.read_settings().await
    }

    async fn company_currency(&mut self) -> StorageResult<Currency> {
        self.read_company().await
    }

    async fn currencies(
        &mut self,
        codes: &BTreeSet<CurrencyCode>,
    ) -> StorageResult<HashMap<CurrencyCode, Currency>> {
        let codes: Vec<CurrencyCode> = codes.iter().copied().collect();
        self.read_currencies(&codes, true).await
    }

    async fn add_to_balances(
        &mut self,
        entry: &ValidatedEntry,
        posting_date: NaiveDate,
    ) -> StorageResult<()> {
        self.pending_balances.add(entry, posting_date)
    }

    async fn next_number_and_head(
        &mut self,
        series: NumberSeriesId,
        period_key: &str,
        journal: JournalId,
    ) -> StorageResult<(i64, ChainHead)> {
        let number: [Value; 3] = [self.tenant.into(), series.into(), period_key.into()];
        let chain = [self.tenant.into(), journal.into()];
        let asked = [(&NUMBER_RAISE, &number[..]), (&CHAIN_GET, &chain[..])];
        let [numbers, heads] = if self.tx.asks_at_a_distance() {
            // The commit will need it, and waits for whoever holds it here, where it is no round trip of its own.
            let feed = [self.tenant.into(), EVENT_SEQUENCE.into()];
            let [number, chain] = asked;
            let [numbers, heads, feed] = self.tx.query_all([number, chain, (&FEED_HEAD, &feed)]).await?;
            if !self.feed_heads.contains_key(&self.tenant) {
                self.remember_feed_head(self.tenant, FeedHead::of_rows(feed)?);
            }
            [numbers, heads]
        } else {
            self.tx.query_all(asked).await?
        };
        let next = match numbers.into_iter().next() {
            Some(row) => row.single("number_series_counter", "last_number")?,
            None => self.first_number(&number).await?,
        };
        Ok((next, chain_head(heads)?))
    }

    async fn chain_head(&mut self, journal: JournalId) -> StorageResult<ChainHead> {
        chain_head(self.tx.query(&CHAIN_GET, &[self.tenant.into(), journal.into()]).await?)
    }

    async fn save_chain_head(&mut self, journal: JournalId, head: ChainHead) -> StorageResult<()> {
        self.move_chain(journal, head.sequence - 1, head).await
    }

    async fn journal_by_code(&mut self, code: &str) -> StorageResult<Option<JournalId>> {
        let row = self.tx.find(&JOURNAL_BY_CODE, &[self.tenant.into(), code.into()]).await?;
        row.map(|row| row.single("journal", "id")).transpose()
    }

    async fn journal_exists(&mut self, id: JournalId) -> StorageResult<bool> {
        Ok(self.tx.find(&JOURNAL_EXISTS, &[self.tenant.into(), id.into()]).await?.is_some())
    }

    async fn accounts_by_code(
        &mut self,
        codes: &BTreeSet<String>,
    ) -> StorageResult<HashMap<String, AccountId>> {
        let rows = self.tx.lookup(&ACCOUNTS_BY_CODE, self.tenant, codes.iter().map(Value::from)).await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns("account");
            found.insert(columns.get("code")?, columns.get("id")?);
        }
        Ok(found)
    }

    async fn account_names(
        &mut self,
        ids: &BTreeSet<AccountId>,
    ) -> StorageResult<HashMap<AccountId, AccountName>> {
        let rows = self.tx.lookup(&ACCOUNT_NAMES, self.tenant, ids.iter().map(|id| (*id).into())).await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns("account");
            let id = columns.get("id")?;
            found.insert(id, AccountName { code: columns.get("code")?, name: read_name(&mut columns)? });
        }
        Ok(found)
    }

    async fn dimension_values(
        &mut self,
        pairs: &BTreeSet<(String, String)>,
    ) -> StorageResult<HashMap<(String, String), DimensionPair>> {
        self.find_dimension_values(pairs).await
    }

    async fn dimension_set(&mut self, combination: &DimensionCombination) -> StorageResult<DimensionSetId> {
        self.find_or_store_set(combination).await
    }

    async fn dimension_set_codes(
        &mut self,
        sets: &BTreeSet<DimensionSetId>,
    ) -> StorageResult<HashMap<DimensionSetId, BTreeMap<String, String>>> {
        self.find_set_codes(sets).await
    }

    async fn dimension_combinations(
        &mut self,
        sets: &BTreeSet<DimensionSetId>,
    ) -> StorageResult<HashMap<DimensionSetId, DimensionCombination>> {
        self.find_combinations(sets).await
    }
}

impl SqlUnitOfWork {
    /// The counter's row of a new period. Two transactions that make it at once collide on its key, and one runs again.
    async fn first_number(&mut self, [tenant, series, period_key]: &[Value; 3]) -> StorageResult<i64> {
        let row = [tenant.clone(), series.clone(), period_key.clone(), 1_i64.into()];
        self.tx.apply(&NUMBER_INSERT, &row).await?;
        Ok(1)
    }

    /// The number given last, 0 for none.
    pub(super) async fn read_last_number(
        &mut self,
        series: NumberSeriesId,
        period_key: &str,
    ) -> StorageResult<i64> {
        let row = self.tx.find(&NUMBER_GET, &[self.tenant.into(), series.into(), period_key.into()]).await?;
        row.map_or(Ok(0), |row| row.single("number_series_counter", "last_number"))
    }

    /// Moves the end of a journal's chain; fails unless it stands at `from`.
    pub(super) async fn move_chain(
        &mut self,
        journal: JournalId,
        from: i64,
        head: ChainHead,
    ) -> StorageResult<()> {
        let params =
            [self.tenant.into(), journal.into(), head.sequence.into(), head.hash.into(), from.into()];
        if from == 0 {
            return self.tx.execute_one(&CHAIN_INSERT, &params[..4]).await;
        }
        self.tx.execute_one(&CHAIN_UPDATE, &params).await
    }
}

fn chain_head(rows: Vec<Row>) -> StorageResult<ChainHead> {
    let Some(row) = rows.into_iter().next() else { return Ok(ChainHead { sequence: 0, hash: GENESIS }) };
    let mut columns = row.columns("journal_chain");
    Ok(ChainHead { sequence: columns.get("sequence")?, hash: columns.get("hash")? })
}
