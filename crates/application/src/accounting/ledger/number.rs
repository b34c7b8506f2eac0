//! Numbers and the hash chain: what an entry gets when nothing can refuse it any more (R14, R5).

use std::collections::{BTreeMap, BTreeSet};

use domain::accounting::journal_entry::{ChainLink, EntryKind, EntryOrigin, ValidatedEntry};
use domain::accounting::number_series::NumberContext;
use domain::ids::JournalId;

use super::learn::period_kind;
use super::{Checked, Ledger};
use crate::accounting::ports::ledger::{ChainHead, CounterKey, EntryToWrite, JournalFacts};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// By journal where its chain ended, and where it ends now.
pub(super) type MovedChains = BTreeMap<JournalId, (ChainHead, ChainHead)>;

impl Ledger<'_> {
    /// Numbers the entries in their order and links each to the one before in its journal.
    pub(super) async fn number_and_chain(
        &self,
        uow: &mut dyn UnitOfWork,
        entries: Vec<Checked>,
    ) -> AppResult<(Vec<EntryToWrite>, MovedChains)> {
        let mut counts: BTreeMap<CounterKey, i64> = BTreeMap::new();
        for Checked { entry, .. } in &entries {
            *counts.entry(self.counter(entry)?).or_default() += 1;
        }
        let journals: BTreeSet<_> = entries.iter().map(|checked| checked.entry.journal_id()).collect();
        let taken = uow.ledger().take_numbers(&counts, &journals).await?;
        let mut numbers = taken.last_numbers;
        let mut chains: MovedChains =
            taken.heads.into_iter().map(|(journal, head)| (journal, (head, head))).collect();
        let (tenant_id, now) = (uow.tenant(), uow.now());
        let mut numbered = Vec::with_capacity(entries.len());
        for Checked { entry, meta, draft_version, taxes } in entries {
            let facts = self.journal_of(&entry)?;
            let date = entry.posting_date();
            let context = NumberContext {
                date,
                fiscal_year_code: self.year_code(&entry),
                journal_code: facts.journal.code.as_str(),
                branch: None,
            };
            let last = numbers.get_mut(&self.counter(&entry)?).ok_or_else(not_taken)?;
            *last += 1;
            let number = facts.series.format(last.unsigned_abs(), &context)?;
            let (_, head) = chains.get_mut(&entry.journal_id()).ok_or_else(not_taken)?;
            let link = ChainLink { tenant_id, sequence: head.sequence + 1, previous_hash: head.hash };
            let origin = EntryOrigin {
                created_at: meta.created_at,
                created_by: meta.created_by,
                posted_by: self.ctx.actor.user_id(),
                recurring_entry_id: meta.recurring_entry_id,
                copied_from: meta.copied_from,
                reason: entry.reversal_reason().map(str::to_owned),
            };
            let entry = entry.post(number, now, link, origin, &self.books.sets);
            *head = ChainHead { sequence: link.sequence, hash: *entry.hash() };
            numbered.push(EntryToWrite { entry, meta, draft_version, taxes });
        }
        Ok((numbered, chains))
    }

    /// The counter that numbers the entry.
    fn counter(&self, entry: &ValidatedEntry) -> AppResult<CounterKey> {
        let series = &self.journal_of(entry)?.series;
        Ok((series.id, series.period_key(entry.posting_date(), self.year_code(entry))))
    }

    fn journal_of(&self, entry: &ValidatedEntry) -> AppResult<&JournalFacts> {
        let facts = self.books.journals.get(&entry.journal_id());
        facts.ok_or_else(|| AppError::internal("the journal of a checked entry was not read"))
    }

    /// The code of the fiscal year that the entry is posted in.
    fn year_code(&self, entry: &ValidatedEntry) -> &str {
        let kind = period_kind(entry.kind() == EntryKind::Closing);
        self.books.period(kind, entry.posting_date()).map_or("", |found| &found.year)
    }
}

fn not_taken() -> AppError {
    AppError::internal("a number or the end of a chain was not read")
}
