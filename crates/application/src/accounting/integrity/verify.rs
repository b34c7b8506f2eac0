//! `POST /integrity/verify`: every hash recomputed from the stored rows, entry after entry.

use std::collections::BTreeSet;

use domain::accounting::dimension::DimensionCombination;
use domain::accounting::hash_chain::{DimensionSets, EntryHasher, GENESIS, HashVersion, combination};
use domain::accounting::journal_entry::LINES_MIN;
use domain::ids::{DimensionSetId, TenantId};
use futures::TryStreamExt;

use super::{HeadInput, Integrity};
use crate::accounting::ports::integrity::{ChainedHeader, ChainedJournal, ChainedLine};
use crate::accounting::views::integrity::{BrokenEntryView, ChainVerificationView, JournalChainView};
use crate::error::AppResult;

/// Most dimension sets kept while verifying; beyond it they are read again.
const SETS_CACHED_MAX: usize = 20_000;

impl Integrity {
    /// Recomputes every chain, and compares them with an earlier head if there is one.
    pub async fn verify(
        &self,
        tenant: TenantId,
        earlier: Option<&HeadInput>,
    ) -> AppResult<ChainVerificationView> {
        let earlier_head = match earlier {
            Some(earlier) => Some(self.compare(tenant, earlier).await?),
            None => None,
        };
        let mut journals = Vec::new();
        for journal in self.queries.chained_journals(tenant).await? {
            journals.push(self.verify_journal(tenant, journal).await?);
        }
        let audit = self.verify_audit(tenant).await?;
        let ok = audit.ok
            && journals.iter().all(|journal| journal.ok)
            && earlier_head.as_ref().is_none_or(|compared| compared.ok);
        Ok(ChainVerificationView { ok, journals, audit, earlier_head })
    }

    async fn verify_journal(&self, tenant: TenantId, journal: ChainedJournal) -> AppResult<JournalChainView> {
        let mut lines = self.queries.chained_lines(tenant, journal.id);
        let mut chain = Chain::new();
        let mut open: Option<OpenEntry> = None;
        let mut sets = DimensionSets::new();
        while let Some(row) = lines.try_next().await? {
            let same = open.as_ref().is_some_and(|entry| entry.header.id() == row.header.id());
            if !same {
                if let Some(done) = open.take() {
                    chain.close(done);
                }
                open = Some(OpenEntry::new(row.header.clone()));
            }
            if let Some(line) = &row.line {
                self.load_set(tenant, line.dimension_set, &mut sets).await?;
            }
            if let Some(entry) = &mut open {
                entry.line(row, &sets);
            }
        }
        if let Some(done) = open {
            chain.close(done);
        }
        Ok(chain.view(journal))
    }

    /// A set that has lost its values is taken for empty; the hashes of its lines then differ.
    async fn load_set(
        &self,
        tenant: TenantId,
        set: DimensionSetId,
        known: &mut DimensionSets,
    ) -> AppResult<()> {
        if set.is_empty() || known.contains_key(&set) {
            return Ok(());
        }
        if known.len() > SETS_CACHED_MAX {
            known.clear();
        }
        known.insert(set, DimensionCombination::EMPTY);
        known.extend(self.queries.combinations(tenant, &BTreeSet::from([set])).await?);
        Ok(())
    }
}

/// An entry while its lines come in.
struct OpenEntry {
    header: ChainedHeader,
    hasher: EntryHasher,
    lines: u32,
    debit: i128,
    credit: i128,
    lines_match: bool,
}

impl OpenEntry {
    fn new(header: ChainedHeader) -> Self {
        // The count that was hashed; if lines were added or removed since, it no longer agrees with what is read.
        let hasher = EntryHasher::new(&header.previous_hash, &header.entry, header.line_count as usize);
        Self { header, hasher, lines: 0, debit: 0, credit: 0, lines_match: true }
    }

    fn line(&mut self, row: ChainedLine, sets: &DimensionSets) {
        let Some(line) = row.line else { return };
        self.hasher.line(&line, combination(sets, line.dimension_set));
        self.lines += 1;
        self.debit += i128::from(line.debit.scaled());
        self.credit += i128::from(line.credit.scaled());
        self.lines_match &= row.line_matches;
    }
}

/// One journal's chain as far as it was read.
struct Chain {
    previous: [u8; 32],
    sequence: i64,
    head: Option<(i64, [u8; 32])>,
    entries: u64,
    lines: u64,
    broken: u64,
    first_broken: Option<BrokenEntryView>,
}

impl Chain {
    fn new() -> Self {
        Self {
            previous: GENESIS,
            sequence: 0,
            head: None,
            entries: 0,
            lines: 0,
            broken: 0,
            first_broken: None,
        }
    }

    fn close(&mut self, done: OpenEntry) {
        let OpenEntry { header, hasher, lines, debit, credit, lines_match } = done;
        let sequence = header.entry.chain_sequence;
        let mut differs = Vec::new();
        let mut note = |wrong: bool, what| {
            if wrong {
                differs.push(what);
            }
        };
        note(sequence != self.sequence + 1, "sequence");
        note(header.previous_hash != self.previous, "previous_hash");
        // An entry of the first version has no reason; its hash would not tell that one was added.
        let added = header.entry.hash_version == HashVersion::One && header.entry.origin.reason.is_some();
        note(hasher.finish() != header.hash || added, "content");
        note(lines != header.line_count || (lines as usize) < LINES_MIN, "line_count");
        note(debit != credit, "unbalanced");
        note(debit != i128::from(header.total.scaled()), "total");
        note(!lines_match, "line_header");
        self.entries += 1;
        self.lines += u64::from(lines);
        // The stored hash goes on, so that one altered entry is named and not every one after it.
        self.previous = header.hash;
        self.sequence = sequence;
        self.head = header.head;
        if !differs.is_empty() {
            self.break_at(BrokenEntryView {
                entry_id: Some(header.entry.id.uuid()),
                number: Some(header.entry.number),
                chain_sequence: Some(sequence),
                differs,
            });
        }
    }

    fn break_at(&mut self, broken: BrokenEntryView) {
        self.broken += 1;
        self.first_broken.get_or_insert(broken);
    }

    fn view(mut self, journal: ChainedJournal) -> JournalChainView {
        let end = (self.sequence, self.previous);
        // A chain is written with its first entry, so one that is empty has lost them all.
        if self.head != Some(end) {
            self.break_at(BrokenEntryView {
                entry_id: None,
                number: None,
                chain_sequence: self.head.map(|(sequence, _)| sequence),
                differs: vec!["chain_head"],
            });
        }
        JournalChainView {
            journal_id: journal.id.uuid(),
            journal: journal.code,
            entries: self.entries,
            lines: self.lines,
            ok: self.broken == 0,
            broken: self.broken,
            first_broken: self.first_broken,
        }
    }
}
