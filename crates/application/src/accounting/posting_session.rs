//! Posting very many entries in one transaction: the books are read once, numbers and chain are kept in memory, lines are
//! written in large pieces. The rules are those of [`posting`]: the same checks, the same order (R3).

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::accounting::fiscal_period::PeriodFacts;
use domain::accounting::hash_chain::DimensionSets;
use domain::accounting::journal_entry::{ChainLink, DraftEntry, PostedEntry, PostingRules, ValidatedEntry};
use domain::accounting::number_series::NumberContext;
use domain::error::Violation;
use domain::ids::{JournalId, NumberSeriesId, UserId};
use domain::money::{CurrencyCode, Rate};
use uuid::Uuid;

use super::error::{JOURNAL_INACTIVE, JOURNAL_UNKNOWN};
use super::ports::journal_entries::EntryMeta;
use super::ports::ledger::{ChainHead, JournalFacts};
use super::ports::ledger_batch::SessionFacts;
use super::posting;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Lines that wait to be written: enough for large pieces, few enough to be held.
const PENDING_LINES_MAX: usize = 5_000;
/// Dimension sets whose values are kept; beyond it they are asked for again.
const SETS_MAX: usize = 20_000;

/// The end of a journal's chain: as it was read, and as it is by now.
struct Chain {
    facts: JournalFacts,
    stored: i64,
    head: ChainHead,
}

/// The last number of a series in one of its periods: as it was read, and as it is by now.
struct Counter {
    stored: i64,
    last: i64,
}

/// One transaction's postings. [`PostingSession::finish`] MUST be called before the commit.
pub struct PostingSession {
    facts: SessionFacts,
    journals: HashMap<JournalId, Chain>,
    /// In key order, so that two transactions take the counters in the same order.
    counters: BTreeMap<(NumberSeriesId, String), Counter>,
    rates: HashMap<CurrencyCode, Vec<(NaiveDate, Rate)>>,
    /// The rates of the posting date, for the entry at hand.
    rates_of_day: HashMap<CurrencyCode, Rate>,
    user: Option<UserId>,
    /// Values of the dimension sets met so far.
    sets: DimensionSets,
    pending: Vec<(PostedEntry, EntryMeta)>,
    pending_lines: usize,
}

/// The result of an entry in a session.
#[derive(Debug, Clone)]
pub struct SessionPosting {
    pub number: String,
    pub total: domain::money::Amount,
    pub line_count: usize,
    pub chain_sequence: i64,
    pub hash: [u8; 32],
}

impl PostingSession {
    pub async fn begin(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Self> {
        let user = ctx.actor.user_id();
        Ok(Self {
            facts: uow.ledger_batch().session_facts(user).await?,
            journals: HashMap::new(),
            counters: BTreeMap::new(),
            rates: HashMap::new(),
            rates_of_day: HashMap::new(),
            user,
            sets: DimensionSets::new(),
            pending: Vec::new(),
            pending_lines: 0,
        })
    }

    pub fn facts(&self) -> &SessionFacts {
        &self.facts
    }

    /// Reads the journal, unless it was read before. A violation is at `/journalId`.
    pub async fn open_journal(
        &mut self,
        uow: &mut dyn UnitOfWork,
        id: JournalId,
    ) -> AppResult<Result<(), Violation>> {
        if self.journals.contains_key(&id) {
            return Ok(Ok(()));
        }
        let Some(facts) = uow.ledger_batch().journal_facts(id).await? else {
            return Ok(Err(Violation::new(&JOURNAL_UNKNOWN).at("/journalId")));
        };
        if !facts.journal.active {
            let violation = Violation::new(&JOURNAL_INACTIVE).with("journal", &facts.journal.code);
            return Ok(Err(violation.at("/journalId")));
        }
        let head = uow.ledger().chain_head(id).await?;
        self.journals.insert(id, Chain { facts, stored: head.sequence, head });
        Ok(Ok(()))
    }

    /// Every check of a posting; the journal must be open.
    pub async fn validate(
        &mut self,
        uow: &mut dyn UnitOfWork,
        draft: DraftEntry,
    ) -> AppResult<Result<ValidatedEntry, Vec<Violation>>> {
        let date = draft.posting_date();
        self.load_rates(uow, &draft, date).await?;
        let Some(chain) = self.journals.get(&draft.journal_id()) else {
            return Ok(Err(vec![Violation::new(&JOURNAL_UNKNOWN).at("/journalId")]));
        };
        let facts = &self.facts;
        let rules = PostingRules {
            company: facts.company,
            currencies: &facts.currencies,
            accounts: &facts.accounts,
            rates: &self.rates_of_day,
            rounding_account: facts.settings.rounding_account_id,
            dimension_rules: &facts.dimension_rules,
            dimension_tree: &facts.dimension_tree,
            period: self.period(date).map(|(period, _)| period),
            locks: &facts.locks,
            exceptions: &facts.exceptions,
            user: self.user.unwrap_or(UserId::new(Uuid::nil())),
            now: uow.now(),
            journal_kind: chain.facts.journal.kind,
        };
        Ok(draft.validate(&rules))
    }

    /// Posts what [`Self::validate`] let through, after the one before.
    pub async fn post(
        &mut self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        entry: ValidatedEntry,
        (journal, date): (JournalId, NaiveDate),
        meta: EntryMeta,
    ) -> AppResult<SessionPosting> {
        uow.ledger().add_to_balances(&entry, date).await?;
        if self.sets.len() > SETS_MAX {
            self.sets.clear();
        }
        posting::load_sets(uow, &entry, &mut self.sets).await?;
        let number = self.next_number(uow, journal, date).await?;
        let (tenant, now) = (uow.tenant(), uow.now());
        let Some(chain) = self.journals.get_mut(&journal) else {
            return Err(Violation::new(&JOURNAL_UNKNOWN).at("/journalId").into());
        };
        let link = ChainLink {
            tenant_id: tenant,
            sequence: chain.head.sequence + 1,
            previous_hash: chain.head.hash,
        };
        let total = entry.total();
        let origin = posting::origin(ctx, &entry, &meta);
        let posted = entry.post(number, now, link, origin, &self.sets);
        chain.head = ChainHead { sequence: link.sequence, hash: *posted.hash() };
        let (number, line_count) = (posted.number().to_owned(), posted.lines().len());
        let hash = *posted.hash();
        self.pending_lines += line_count;
        self.pending.push((posted, meta));
        if self.pending_lines >= PENDING_LINES_MAX {
            self.flush(uow).await?;
        }
        Ok(SessionPosting { number, total, line_count, chain_sequence: link.sequence, hash })
    }

    /// Writes what is left: entries, then the ends of the chains, then the numbers, which come last (R14).
    pub async fn finish(mut self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        self.flush(uow).await?;
        let mut chains: Vec<_> = self.journals.into_iter().collect();
        chains.sort_by_key(|(journal, _)| *journal);
        for (journal, chain) in chains.into_iter().filter(|(_, chain)| chain.head.sequence != chain.stored) {
            uow.ledger_batch().move_chain_head(journal, chain.stored, chain.head).await?;
        }
        for ((series, key), counter) in self.counters {
            uow.ledger_batch().raise_number(series, &key, counter.stored, counter.last).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_lines = 0;
        Ok(uow.ledger_batch().insert_posted_many(&pending).await?)
    }

    /// The regular period of a date with the code of its year.
    fn period(&self, date: NaiveDate) -> Option<(&PeriodFacts, &str)> {
        let after = self.facts.periods.partition_point(|(period, _)| period.start <= date);
        let (period, year) = self.facts.periods.get(after.checked_sub(1)?)?;
        period.covers(date).then_some((period, year.as_str()))
    }

    async fn next_number(
        &mut self,
        uow: &mut dyn UnitOfWork,
        journal: JournalId,
        date: NaiveDate,
    ) -> AppResult<String> {
        let year = self.period(date).map_or_else(String::new, |(_, year)| year.to_owned());
        let Some(chain) = self.journals.get(&journal) else {
            return Err(Violation::new(&JOURNAL_UNKNOWN).at("/journalId").into());
        };
        let series = &chain.facts.series;
        let key = (series.id, series.period_key(date, &year));
        let counter = match self.counters.get_mut(&key) {
            Some(counter) => counter,
            None => {
                let stored = uow.ledger_batch().last_number(key.0, &key.1).await?;
                self.counters.entry(key).or_insert(Counter { stored, last: stored })
            }
        };
        counter.last += 1;
        let context = NumberContext {
            date,
            fiscal_year_code: &year,
            journal_code: chain.facts.journal.code.as_str(),
            branch: None,
        };
        Ok(series.format(counter.last.unsigned_abs(), &context)?)
    }

    /// The rates of the entry's currencies on its date.
    async fn load_rates(
        &mut self,
        uow: &mut dyn UnitOfWork,
        draft: &DraftEntry,
        date: NaiveDate,
    ) -> AppResult<()> {
        let entry = draft.content();
        let codes = entry.lines.iter().map(|line| line.currency.unwrap_or(entry.currency));
        self.rates_of_day = self.rates_on(uow, codes, date).await?;
        Ok(())
    }

    /// The rates of currencies on a date; each currency is read once a session.
    pub async fn rates_on(
        &mut self,
        uow: &mut dyn UnitOfWork,
        codes: impl Iterator<Item = CurrencyCode> + Send,
        date: NaiveDate,
    ) -> AppResult<HashMap<CurrencyCode, Rate>> {
        let mut rates_of_day = HashMap::new();
        let company = self.facts.company.code;
        let mut last = company;
        for code in codes {
            if code == last || code == company {
                continue;
            }
            last = code;
            let rates = match self.rates.entry(code) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(uow.ledger_batch().exchange_rates(code).await?),
            };
            let after = rates.partition_point(|(day, _)| *day <= date);
            if let Some((_, rate)) = after.checked_sub(1).and_then(|index| rates.get(index)) {
                rates_of_day.insert(code, *rate);
            }
        }
        Ok(rates_of_day)
    }
}
