//! `POST /distribution-runs`: distributes by a key what accounts gathered in a period, by one entry on its last day.

use std::collections::btree_map::{BTreeMap, Entry};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::dimension::{DimensionCombination, DimensionTree};
use domain::accounting::distribution::{
    DistributionBasis, DistributionKey, DistributionKeyId, Held, distribute,
};
use domain::accounting::fiscal_period::{FiscalPeriodKind, PeriodFacts};
use domain::accounting::journal_entry::{
    DraftEntry, EntrySource, EntrySourceKind, FISCAL_PERIOD_MISSING, JOURNAL_LINES_MAX, LineAmount, NewEntry,
    NewLine,
};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionSetId, DimensionValueId, JournalEntryId};
use domain::money::Amount;
use domain::text::Code;

use super::ports::{DistributionRunId, StoredDistribution};
use super::views::{DistributionPartView, DistributionRunView};
use super::{DISTRIBUTION_DONE, DISTRIBUTION_KEY_INACTIVE, note};
use crate::accounting::approvals::submit::post_or_submit;
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::{Records, id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::warnings;
use crate::wire::REQUIRED;

request! {
    /// Runs a distribution key for a period.
    pub struct CreateDistributionRun as CreateDistributionRunBody {
        /// The key, by its id; give either the id or the code.
        key_id: Option<DistributionKeyId>,
        /// The key, by its code.
        key_code: Option<Code> = "RENT",
        /// Any day of the fiscal period; a key is run once for each period, until the run is undone.
        date: NaiveDate = "2026-03-31",
    }
}

#[async_trait]
impl Command for CreateDistributionRun {
    const NAME: &'static str = "create_distribution_run";
    const ACCESS: Access = Access::Permission("accounting.distribution_run.create");
    type Output = DistributionRunView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<DistributionRunView>> {
        let key = self.key(uow).await?;
        let mut books = Books::open(ctx, uow).await?;
        books.learn_date(uow, self.date).await?;
        let period = books.period(FiscalPeriodKind::Regular, self.date).map(|found| found.period);
        let missing = || Violation::new(&FISCAL_PERIOD_MISSING).at("/date").with("date", self.date);
        let period = period.ok_or_else(missing)?;
        if let Some(run) = uow.distributions().run_of(key.id, period.id).await? {
            let done = Violation::new(&DISTRIBUTION_DONE).at("/date").with("key", &key.code);
            return Err(done.with("date", period.end).with("id", run).into());
        }
        let mut run = Distribution { key, period, books, tree: DimensionTree::default() };
        let sources = run.sources(uow).await?;
        let weights = run.weights(uow).await?;
        let parts = distribute(&sources, &weights, run.books.company.scale).ok_or_else(too_large)?;
        let lines = run.lines(uow, &sources, &parts).await?;
        let id = DistributionRunId::new(uow.new_id());
        let made = run.post(ctx, uow, id, lines).await?;
        let of_target = |index: usize| parts.iter().filter(move |(_, _, target, _)| *target == index);
        let mut amounts = Vec::with_capacity(weights.len());
        for index in 0..weights.len() {
            let sum = Amount::sum(of_target(index).map(|(.., part)| *part));
            amounts.push(sum.ok_or_else(too_large)?);
        }
        run.keep(ctx, uow, id, made, (&weights, &amounts)).await
    }
}

impl CreateDistributionRun {
    async fn key(&self, uow: &mut dyn UnitOfWork) -> AppResult<DistributionKey> {
        let Some(reference) = by_id_or_code(self.key_id, self.key_code.clone()) else {
            return Err(Violation::new(&REQUIRED).at("/keyId").into());
        };
        let at = if matches!(reference, Reference::Id(_)) { "/keyId" } else { "/keyCode" };
        let found = match id_named::<DistributionKey>(uow, &reference).await? {
            Some(id) => Records::<DistributionKey>::find(uow, id).await?,
            None => None,
        };
        let key = found.ok_or_else(|| nothing_named::<DistributionKey>(at, &reference))?.value;
        if !key.active {
            return Err(Violation::new(&DISTRIBUTION_KEY_INACTIVE).at(at).with("key", &key.code).into());
        }
        Ok(key)
    }
}

/// The entry of a run.
struct Made {
    entry: JournalEntryId,
    waiting: bool,
}

/// A run in progress.
pub(super) struct Distribution {
    pub(super) key: DistributionKey,
    pub(super) period: PeriodFacts,
    pub(super) books: Books,
    /// How the values lie that the run looks at.
    pub(super) tree: DimensionTree,
}

impl Distribution {
    /// The lines: every source is emptied, and its parts are added to the targets.
    async fn lines(
        &mut self,
        uow: &mut dyn UnitOfWork,
        sources: &[Held],
        parts: &[(AccountId, DimensionSetId, usize, Amount)],
    ) -> AppResult<Vec<NewLine>> {
        self.books.learn_sets(uow, sources.iter().map(|(_, set, _)| *set).collect()).await?;
        let combination = |books: &Books, set: &DimensionSetId| {
            if set.is_empty() {
                return Some(DimensionCombination::EMPTY);
            }
            books.sets.get(set).cloned()
        };
        let lost = || AppError::internal("a dimension set has lost its values");
        let mut sums: BTreeMap<(AccountId, DimensionSetId), (Amount, DimensionCombination)> = BTreeMap::new();
        let mut add = |at: (AccountId, DimensionSetId), amount: Amount, values: DimensionCombination| {
            let (sum, _) = sums.entry(at).or_insert((Amount::ZERO, values));
            *sum = sum.checked_add(amount).ok_or_else(too_large)?;
            AppResult::Ok(())
        };
        for (account, set, amount) in sources {
            let values = combination(&self.books, set).ok_or_else(lost)?;
            add((*account, *set), amount.checked_neg().ok_or_else(too_large)?, values)?;
        }
        let mut moved: BTreeMap<(DimensionSetId, usize), (DimensionSetId, DimensionCombination)> =
            BTreeMap::new();
        for (account, set, target, part) in parts {
            let values = combination(&self.books, set).ok_or_else(lost)?;
            let target_id = self.key.targets[*target].id;
            let Some(dimension) = self.key.target_dimension_id else {
                add((AccountId::new(target_id), *set), *part, values)?;
                continue;
            };
            let (set, values) = match moved.entry((*set, *target)) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(place) => {
                    let others = values.pairs().iter().copied().filter(|(of, _)| *of != dimension);
                    let pairs = others.chain([(dimension, DimensionValueId::new(target_id))]).collect();
                    let values = DimensionCombination::new(pairs)?;
                    place.insert((uow.ledger().dimension_set(&values).await?, values)).clone()
                }
            };
            add((*account, set), *part, values)?;
        }
        let line = |((account, set), (amount, dimensions))| {
            let amount = LineAmount::from_balance(amount)?;
            Some(NewLine { dimensions, dimension_set: set, ..NewLine::new(account, amount) })
        };
        Ok(sums.into_iter().filter_map(line).collect())
    }

    /// Posts the entry on the last day of the period, or lets it wait for approval, unless nothing moves.
    async fn post(
        &mut self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        run: DistributionRunId,
        lines: Vec<NewLine>,
    ) -> AppResult<Option<Made>> {
        if lines.is_empty() {
            return Ok(None);
        }
        let journal = match self.key.journal_id {
            Some(id) => id,
            None => resolve_journal(uow, &mut self.books, None).await?.map_err(|refused| refused.at(""))?,
        };
        let names: Vec<_> = [self.key.name.ar(), self.key.name.en()].into_iter().flatten().collect();
        let entry = NewEntry {
            description: Some(names.join(" / ")),
            reference: Some(self.key.code.to_string()),
            ..NewEntry::new(
                JournalEntryId::new(uow.new_id()),
                journal,
                self.period.end,
                self.books.company.code,
                lines,
            )
        };
        let id = entry.id;
        let source = EntrySource::new(EntrySourceKind::DistributionRun, run.uuid());
        let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX)?.of(source);
        let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
        let made = post_or_submit(ctx, uow, self.books.clone(), (draft, meta)).await;
        let made = made.map_err(|error| error.of_the_whole("/date"))?;
        Ok(Some(Made { entry: id, waiting: made.approval_status.is_some() }))
    }

    async fn keep(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        id: DistributionRunId,
        made: Option<Made>,
        (weights, amounts): (&[Amount], &[Amount]),
    ) -> AppResult<Done<DistributionRunView>> {
        let scale = self.books.company.scale;
        let run = StoredDistribution {
            id,
            key: self.key.id,
            key_code: self.key.code.clone(),
            period: self.period.id,
            date: self.period.end,
            undone: false,
            waiting: made.as_ref().is_some_and(|made| made.waiting),
            amount: Amount::sum(amounts.iter().copied()).ok_or_else(too_large)?,
            entry: made.map(|made| made.entry),
            created_by: ctx.actor.user_id(),
            created_at: uow.now(),
            version: 1,
        };
        let values = self.key.target_dimension_id.is_some();
        let shown = |weight: Amount| match self.key.basis {
            DistributionBasis::Fixed => weight.display(0),
            DistributionBasis::Balance => weight.display(scale),
            DistributionBasis::Figures => domain::money::Quantity::from_scaled(weight.scaled()).to_string(),
        };
        let part = |(index, amount): (usize, &Amount)| DistributionPartView {
            value_id: values.then_some(self.key.targets[index].id),
            account_id: (!values).then_some(self.key.targets[index].id),
            weight: shown(weights[index]),
            amount: amount.display(scale),
        };
        let parts: Vec<_> = amounts.iter().enumerate().map(part).collect();
        uow.distributions().insert_run(&run, &parts).await?;
        let view = run.view(scale);
        note(uow, "posted", None, &view);
        let warnings = warnings::shown(&std::mem::take(uow.warnings()), ctx.language);
        let view = DistributionRunView { parts: Some(parts), warnings, ..view };
        Ok(Done::of(id.uuid(), run.version, view))
    }
}

pub(super) fn too_large() -> AppError {
    Violation::new(&domain::money::AMOUNT_OUT_OF_RANGE).into()
}
