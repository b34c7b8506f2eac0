//! Numbers, the hash chain, entries and their lines: [`LedgerRepository`] in SQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use application::accounting::ports::books::Books;
use application::accounting::ports::ledger::{
    AccountKeys, AccountName, ChainHead, CounterKey, Days, DimensionPair, EntryToWrite, FoundPeriod,
    FoundSet, JournalFacts, JournalKey, LedgerRepository, LedgerSettings, Taken,
};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::dimension::{DimensionCombination, DimensionTree};
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::hash_chain::GENESIS;
use domain::accounting::journal_entry::ValidatedEntry;
use domain::ids::{AccountId, DimensionSetId, DimensionValueId, JournalId, UserId};
use domain::money::{Currency, CurrencyCode, Rate};
use domain::text::LocalizedName;

use super::journal_entry_inserts::{HEADER_INSERT, LINE_INSERT, header_row, line_row};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::bookkeeping::{EVENT_SEQUENCE, FEED_HEAD, FeedHead};
use crate::sql::statement::Statement;
use crate::sql::value::{Row, Value};
use crate::statements;

statements! {
    NUMBER_RAISE = "accounting.number_series_counter.raise":
        "UPDATE number_series_counter SET last_number = last_number + ?4 \
         WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3 {returning last_number}",
        // The row is this transaction's own once it is written, so reading it again is reading what was written.
        mssql: "UPDATE number_series_counter SET last_number = last_number + ?4 \
                WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3;\n\
                SELECT last_number FROM number_series_counter \
                WHERE tenant_id = ?1 AND series_id = ?2 AND period_key = ?3";
    NUMBER_INSERT = "accounting.number_series_counter.insert":
        "INSERT INTO number_series_counter (tenant_id, series_id, period_key, last_number) VALUES (?1, ?2, ?3, ?4)";
    CHAIN_GET = "accounting.journal_chain.get":
        "SELECT sequence, hash FROM journal_chain WHERE tenant_id = ?1 AND journal_id = ?2",
        // Locks by writing, which every server honours.
        mssql: "UPDATE journal_chain SET sequence = sequence WHERE tenant_id = ?1 AND journal_id = ?2;\n\
                SELECT sequence, hash FROM journal_chain WHERE tenant_id = ?1 AND journal_id = ?2";
    CHAIN_UPDATE = "accounting.journal_chain.update":
        "UPDATE journal_chain SET sequence = ?3, hash = ?4 \
         WHERE tenant_id = ?1 AND journal_id = ?2 AND sequence = ?5 AND hash = ?6";
    CHAIN_INSERT = "accounting.journal_chain.insert":
        "INSERT INTO journal_chain (tenant_id, journal_id, sequence, hash) VALUES (?1, ?2, ?3, ?4)";
}

#[async_trait]
impl LedgerRepository for SqlUnitOfWork {
    async fn books(&mut self, user: Option<UserId>) -> StorageResult<Books> {
        self.read_books(user).await
    }

    async fn settings(&mut self) -> StorageResult<LedgerSettings> {
        self.read_settings().await
    }

    async fn company_currency(&mut self) -> StorageResult<Currency> {
        self.read_company().await
    }

    async fn currencies(&mut self, codes: &BTreeSet<CurrencyCode>) -> StorageResult<Vec<(Currency, bool)>> {
        self.read_currencies(codes).await
    }

    async fn accounts(&mut self, keys: AccountKeys<'_>) -> StorageResult<Vec<(AccountFacts, LocalizedName)>> {
        self.read_accounts(keys).await
    }

    async fn journal(&mut self, key: JournalKey<'_>) -> StorageResult<Option<JournalFacts>> {
        self.read_journal(key).await
    }

    async fn periods(&mut self, kind: FiscalPeriodKind, days: Days) -> StorageResult<Vec<FoundPeriod>> {
        self.read_periods(kind, days).await
    }

    async fn rates(&mut self, currency: CurrencyCode, days: Days) -> StorageResult<Vec<(NaiveDate, Rate)>> {
        self.read_rates(currency, days).await
    }

    async fn add_to_tree(
        &mut self,
        tree: &mut DimensionTree,
        values: &BTreeSet<DimensionValueId>,
        upwards: bool,
    ) -> StorageResult<()> {
        self.read_into_tree(tree, values, upwards).await
    }

    async fn add_to_balances(&mut self, entry: &ValidatedEntry) -> StorageResult<()> {
        self.pending_balances.add(entry)
    }

    async fn take_numbers(
        &mut self,
        counts: &BTreeMap<CounterKey, i64>,
        journals: &BTreeSet<JournalId>,
    ) -> StorageResult<Taken> {
        let (owner, mut taken): (Value, _) = (self.tenant.into(), Taken::default());
        let number = |((series, key), count): (&CounterKey, &i64)| {
            [owner.clone(), (*series).into(), key.as_str().into(), (*count).into()]
        };
        let numbers: Vec<_> = counts.iter().map(number).collect();
        let chains: Vec<_> = journals.iter().map(|journal| [owner.clone(), (*journal).into()]).collect();
        let feed = [owner.clone(), EVENT_SEQUENCE.into()];
        let mut asked: Vec<(&Statement, &[Value])> = Vec::with_capacity(numbers.len() + chains.len() + 1);
        asked.extend(numbers.iter().map(|params| (&NUMBER_RAISE, &params[..])));
        asked.extend(chains.iter().map(|params| (&CHAIN_GET, &params[..])));
        // The commit will need it, and waits for whoever holds it here, where it is no round trip of its own.
        let asks_feed = self.tx.asks_at_a_distance();
        asked.extend(asks_feed.then_some((&FEED_HEAD, &feed[..])));
        let mut answers = self.tx.query_each(&asked).await?.into_iter();
        for ((key, count), params) in counts.iter().zip(&numbers) {
            let last = match answers.next().and_then(|rows| rows.into_iter().next()) {
                Some(row) => row.single("number_series_counter", "last_number")?,
                None => self.first_numbers(params, *count).await?,
            };
            taken.last_numbers.insert(key.clone(), last - count);
        }
        for journal in journals {
            taken.heads.insert(*journal, chain_head(answers.next().unwrap_or_default())?);
        }
        if asks_feed && !self.feed_heads.contains_key(&self.tenant) {
            let feed = FeedHead::of_rows(answers.next().unwrap_or_default())?;
            self.remember_feed_head(self.tenant, feed);
        }
        Ok(taken)
    }

    async fn write_entries(&mut self, entries: &[EntryToWrite]) -> StorageResult<()> {
        for EntryToWrite { entry, draft_version, .. } in entries {
            if let Some(version) = draft_version {
                self.post_draft(entry, *version).await?;
            }
        }
        let new = entries.iter().filter(|written| written.draft_version.is_none());
        let headers = new.map(|written| header_row(&written.entry, &written.meta));
        self.tx.insert_many(&HEADER_INSERT, headers).await?;
        let count = entries.iter().map(|written| written.entry.lines().len()).sum();
        let mut lines = Vec::with_capacity(count);
        for EntryToWrite { entry, .. } in entries {
            lines.extend(entry.lines().iter().map(|line| line_row(entry.header(), line)));
        }
        self.tx.insert_many(&LINE_INSERT, lines.into_iter()).await
    }

    async fn move_chain(&mut self, journal: JournalId, from: ChainHead, to: ChainHead) -> StorageResult<()> {
        let params: [Value; 6] = [
            self.tenant.into(),
            journal.into(),
            to.sequence.into(),
            to.hash.into(),
            from.sequence.into(),
            from.hash.into(),
        ];
        if from.sequence == 0 {
            return self.tx.execute_one(&CHAIN_INSERT, &params[..4]).await;
        }
        self.tx.execute_one(&CHAIN_UPDATE, &params).await
    }

    async fn accounts_by_code(
        &mut self,
        codes: &BTreeSet<String>,
    ) -> StorageResult<HashMap<String, AccountId>> {
        let found = self.read_accounts(AccountKeys::Codes(codes)).await?;
        Ok(found.into_iter().map(|(facts, _)| (facts.code, facts.id)).collect())
    }

    async fn account_names(
        &mut self,
        ids: &BTreeSet<AccountId>,
    ) -> StorageResult<HashMap<AccountId, AccountName>> {
        let found = self.read_accounts(AccountKeys::Ids(ids)).await?;
        let named =
            |(facts, name): (AccountFacts, LocalizedName)| (facts.id, AccountName { code: facts.code, name });
        Ok(found.into_iter().map(named).collect())
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

    async fn dimension_sets(
        &mut self,
        sets: &BTreeSet<DimensionSetId>,
    ) -> StorageResult<HashMap<DimensionSetId, FoundSet>> {
        self.find_sets(sets).await
    }
}

impl SqlUnitOfWork {
    /// The counter's row of a new period. Two transactions that make it at once collide on its key, and one runs again.
    async fn first_numbers(&mut self, counter: &[Value], count: i64) -> StorageResult<i64> {
        self.tx.apply(&NUMBER_INSERT, counter).await?;
        Ok(count)
    }
}

fn chain_head(rows: Vec<Row>) -> StorageResult<ChainHead> {
    let Some(row) = rows.into_iter().next() else { return Ok(ChainHead { sequence: 0, hash: GENESIS }) };
    let mut columns = row.columns("journal_chain");
    Ok(ChainHead { sequence: columns.get("sequence")?, hash: columns.get("hash")? })
}
