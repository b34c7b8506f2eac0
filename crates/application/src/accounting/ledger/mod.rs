//! The one door to the ledger (R3): facts, rules, balances, numbers and chain, lines, all in the caller's transaction.
//!
//! [`Ledger::post`] takes one entry or as many as fit into memory; who has more calls it again with the next ones. It
//! costs the same few statements however many entries there are, and a refused posting burns no number (R14), because
//! numbers are taken when nothing can be refused any more.

mod accrual;
mod approval;
mod branches;
mod budget;
mod check;
mod defaults;
mod learn;
mod number;
mod open_items;
mod open_lines;
mod reversal;
mod taxes;

use std::collections::BTreeSet;

use domain::accounting::approval::ApprovalPolicy;
use domain::accounting::budget::BUDGET_EXCEEDED;
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::journal_entry::{
    DraftEntry, ENTRY_ALREADY_REVERSED, EntryApproval, EntryKind, EntrySource, JOURNAL_LINES_MAX, NewEntry,
    ValidatedEntry,
};
use domain::error::Violation;
use domain::ids::JournalEntryId;
use domain::money::Amount;
use domain::tax::by_hand::HandTax;

use super::fiscal_years::ensure_next_year;
use super::ports::books::Books;
use super::ports::journal_entries::{EntryMeta, StoredEntry};
use super::ports::ledger::EntryToWrite;
use super::views::journal_entry::JournalEntryView;
use super::views::journal_entry_build::{posted_view, record_entry};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub use reversal::reversal_of;

/// An entry on its way into the ledger.
#[derive(Debug)]
pub struct Posting {
    pub draft: DraftEntry,
    pub meta: EntryMeta,
    /// The version of the draft in storage, if it is there; it is replaced.
    pub draft_version: Option<i64>,
    /// Nobody needs to approve it: it was approved, or belongs to what was.
    pub approved: bool,
}

impl Posting {
    /// An entry that is not stored yet.
    pub fn new(draft: DraftEntry, meta: EntryMeta) -> Self {
        Self { draft, meta, draft_version: None, approved: false }
    }

    /// An entry of something else than a person.
    pub fn of(
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        entry: NewEntry,
        source: EntrySource,
    ) -> AppResult<Self> {
        let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX)?.of(source);
        Ok(Self::new(draft, EntryMeta::new(ctx.actor.user_id(), uow.now())))
    }

    /// A draft as it is stored.
    pub fn stored(draft: DraftEntry, meta: EntryMeta) -> Self {
        let approved = meta.approval == Some(EntryApproval::Approved);
        Self { draft_version: Some(draft.version()), draft, meta, approved }
    }
}

/// An entry that passed every rule.
#[derive(Debug)]
pub struct Checked {
    entry: ValidatedEntry,
    meta: EntryMeta,
    draft_version: Option<i64>,
    /// The VAT that a manual journal entry declares.
    taxes: Vec<HandTax>,
}

/// The ledger as one caller enters it, with what it knows of the books.
pub struct Ledger<'a> {
    ctx: &'a RequestContext,
    pub books: Books,
}

impl<'a> Ledger<'a> {
    pub async fn open(ctx: &'a RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Self> {
        Ok(Self { ctx, books: Books::open(ctx, uow).await? })
    }

    /// With what the caller has read of the books.
    pub fn with(ctx: &'a RequestContext, books: Books) -> Self {
        Self { ctx, books }
    }

    /// Posts entries in their order. A date in the fiscal year after the last one makes that year. The first entry that
    /// is refused refuses all.
    pub async fn post(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: Vec<Posting>,
    ) -> AppResult<Vec<EntryToWrite>> {
        let entries = self.prepare(uow, entries).await?;
        let now = uow.now();
        let check = |entry| self.books.check(now, entry).map_err(AppError::from);
        let checked = entries.into_iter().map(check).collect::<AppResult<_>>()?;
        self.enter(uow, checked).await
    }

    /// The approval policy that matches an entry, with the total of its debits in the company currency. The entry is checked
    /// as if it were posted now.
    pub async fn approval_of(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entry: Posting,
    ) -> AppResult<Option<(ApprovalPolicy, Amount)>> {
        let entry = self.prepare(uow, vec![entry]).await?.pop();
        let entry = entry.ok_or_else(|| AppError::internal("an entry was prepared and is not there"))?;
        let now = uow.now();
        let needed = self.books.approval_of(now, entry)?;
        Ok(needed.map(|(policy, total)| (policy.clone(), total)))
    }

    /// Completes the entries, learns what they name, and makes the fiscal year after the last one where they need it.
    async fn prepare(&mut self, uow: &mut dyn UnitOfWork, entries: Vec<Posting>) -> AppResult<Vec<Posting>> {
        let entries = self.books.complete_dimensions(uow, entries).await?;
        let named: Vec<&NewEntry> = entries.iter().map(|entry| entry.draft.content()).collect();
        self.books.learn(uow, &named).await?;
        let by_hand = entries.iter().map(|entry| &entry.draft).filter(|draft| draft.source().is_none());
        self.books.learn_taxes(uow, by_hand.map(DraftEntry::content)).await?;
        if self.make_next_year(uow, &named).await? {
            self.books.periods.clear();
            self.books.learn(uow, &named).await?;
        }
        Ok(entries)
    }

    /// Posts one entry, notes it and shows it.
    pub async fn post_one(mut self, uow: &mut dyn UnitOfWork, entry: Posting) -> AppResult<JournalEntryView> {
        let view = self.post_noted(uow, vec![entry]).await?.pop();
        view.ok_or_else(|| AppError::internal("an entry was posted and is not there"))
    }

    /// Posts a few entries, notes each and shows them. An accrual is posted with the entry that takes it back.
    pub async fn post_noted(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: Vec<Posting>,
    ) -> AppResult<Vec<JournalEntryView>> {
        let mut views = Vec::with_capacity(entries.len());
        for posted in self.post(uow, entries).await? {
            let mirror = accrual::mirror(self.ctx, uow, &posted)?;
            let mut view = posted_view(uow, &mut self.books, posted).await?;
            record_entry(uow, "posted", None, Some(&mut view));
            if let Some(mirror) = mirror {
                self.take_back(uow, &mut view, mirror).await?;
            }
            views.push(view);
        }
        Ok(views)
    }

    async fn make_next_year(&self, uow: &mut dyn UnitOfWork, entries: &[&NewEntry]) -> AppResult<bool> {
        let outside = |entry: &&&NewEntry| {
            entry.kind != EntryKind::Closing
                && self.books.period(FiscalPeriodKind::Regular, entry.posting_date).is_none()
        };
        match entries.iter().filter(outside).map(|entry| entry.posting_date).max() {
            Some(date) => ensure_next_year(self.ctx, uow, date).await,
            None => Ok(false),
        }
    }

    /// Writes what [`Books::check`] let through, in the order given.
    pub async fn enter(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: Vec<Checked>,
    ) -> AppResult<Vec<EntryToWrite>> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        self.learn_sets_of(uow, &entries).await?;
        self.compare_with_budgets(uow, &entries).await?;
        for Checked { entry, .. } in &entries {
            uow.ledger().add_to_balances(entry).await?;
        }
        let (posted, chains) = self.number_and_chain(uow, entries).await?;
        for (journal, (from, to)) in chains {
            uow.ledger().move_chain(journal, from, to).await?;
        }
        uow.ledger().write_entries(&posted).await?;
        self.open_items(uow, &posted).await?;
        self.open_lines(uow, &posted).await?;
        taxes::enter(uow, &posted).await?;
        for header in posted.iter().map(|posted| posted.entry.header()) {
            if let Some(original) = header.reverses {
                mark_reversed(uow, original, header.id).await?;
            }
        }
        Ok(posted)
    }

    /// What budgets refuse of entries that are not entered.
    pub async fn budget_refusals(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: &[Checked],
    ) -> AppResult<Vec<Violation>> {
        self.learn_sets_of(uow, entries).await?;
        match self.compare_with_budgets(uow, entries).await {
            Err(error) if error.is(&BUDGET_EXCEEDED) => Ok(error.violations),
            compared => compared.map(|()| Vec::new()),
        }
    }

    async fn learn_sets_of(&mut self, uow: &mut dyn UnitOfWork, entries: &[Checked]) -> AppResult<()> {
        let lines = || entries.iter().flat_map(|checked| checked.entry.lines());
        let sets: BTreeSet<_> =
            lines().map(|line| line.dimension_set).filter(|set| !set.is_empty()).collect();
        self.books.learn_sets(uow, sets.clone()).await?;
        match sets.into_iter().find(|set| !self.books.sets.contains_key(set)) {
            Some(set) => Err(AppError::internal(format!("the dimension set {set} has lost its values"))),
            None => Ok(()),
        }
    }
}

/// Marks the original; a second reversal that got this far loses here.
async fn mark_reversed(
    uow: &mut dyn UnitOfWork,
    original: JournalEntryId,
    by: JournalEntryId,
) -> AppResult<()> {
    if uow.journal_entries().mark_reversed(original, by).await? {
        return Ok(());
    }
    let number = match uow.journal_entries().find(original).await? {
        Some(StoredEntry::Posted { entry, .. }) => entry.number().to_owned(),
        _ => original.to_string(),
    };
    Err(Violation::new(&ENTRY_ALREADY_REVERSED).with("number", number).into())
}
