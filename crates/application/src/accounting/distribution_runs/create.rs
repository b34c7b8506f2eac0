//! `POST /distribution-runs`: distributes by a key what accounts gathered in a period, by one entry on its last day.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::dimension::{DimensionCombination, DimensionTree};
use domain::accounting::distribution::{
    DistributionBasis, DistributionKey, DistributionKeyId, Held, distribute,
};
use domain::accounting::fiscal_period::{FiscalPeriodKind, PeriodFacts};
use domain::accounting::journal_entry::{
    DraftEntry, EntryKind, EntrySource, EntrySourceKind, FISCAL_PERIOD_MISSING, JOURNAL_LINES_MAX,
    LineAmount, NewEntry, NewLine,
};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionId, DimensionSetId, DimensionValueId, JournalEntryId};
use domain::money::Amount;
use domain::text::Code;
use uuid::Uuid;

use super::ports::{DistributionRunId, StoredDistribution};
use super::views::{DistributionPartView, DistributionRunView};
use super::{DISTRIBUTED_MAX, DISTRIBUTION_DONE, DISTRIBUTION_KEY_INACTIVE, DISTRIBUTION_TOO_LARGE, note};
use crate::accounting::approvals::submit::post_or_submit;
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::revaluation_runs::create::of_the_whole;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::{Records, id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::request;
use crate::unit_of_work::UnitOfWork;
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
struct Distribution {
    key: DistributionKey,
    period: PeriodFacts,
    books: Books,
    /// How the values lie that the run looks at.
    tree: DimensionTree,
}

impl Distribution {
    /// What is held by the source accounts, as far as its dimensions are those of the key.
    async fn sources(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<Vec<Held>> {
        let codes = (&self.key.source_code_from, &self.key.source_code_to);
        let held = uow.distributions().held_in_period(self.period.id, codes).await?;
        let Some(dimension) = self.key.source_dimension_id else { return check_count(held) };
        let held = self.with_values(uow, held, dimension).await?;
        let wanted = |value: &Option<DimensionValueId>| match (self.key.source_value_id, value) {
            (Some(wanted), Some(value)) => self.tree.covers(wanted, *value),
            (None, value) => value.is_none(),
            (Some(_), None) => false,
        };
        let held = held.into_iter().filter(|(_, value)| wanted(value)).map(|(held, _)| held);
        check_count(held.collect())
    }

    /// What is held, with the value that it has of a dimension.
    async fn with_values(
        &mut self,
        uow: &mut dyn UnitOfWork,
        held: Vec<Held>,
        dimension: DimensionId,
    ) -> AppResult<Vec<(Held, Option<DimensionValueId>)>> {
        self.books.learn_sets(uow, held.iter().map(|(_, set, _)| *set).collect()).await?;
        let value = |set: &DimensionSetId| {
            let pairs = self.books.sets.get(set)?.pairs();
            pairs.iter().find(|(of, _)| *of == dimension).map(|(_, value)| *value)
        };
        let found: Vec<_> = held.into_iter().map(|held| (held, value(&held.1))).collect();
        let values: BTreeSet<_> = found.iter().filter_map(|(_, value)| *value).collect();
        if !values.is_empty() {
            uow.ledger().add_to_tree(&mut self.tree, &values, true).await?;
        }
        Ok(found)
    }

    async fn weights(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<Vec<Amount>> {
        let measured = match self.key.basis {
            DistributionBasis::Fixed => BTreeMap::new(),
            DistributionBasis::Balance => self.balances(uow).await?,
            DistributionBasis::Figures => self.figures(uow).await?,
        };
        Ok(self.key.weights(&measured).map_err(|violation| violation.at("/keyId"))?)
    }

    /// What the accounts of the basis gathered for each target.
    async fn balances(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<BTreeMap<Uuid, Amount>> {
        let mut measured: BTreeMap<Uuid, Amount> = BTreeMap::new();
        let mut add = |target: Uuid, amount: Amount| -> AppResult<()> {
            let sum = measured.entry(target).or_default();
            *sum = sum.checked_add(amount).ok_or_else(too_large)?;
            Ok(())
        };
        let range = self.key.basis_code_from.clone().zip(self.key.basis_code_to.clone());
        let Some((dimension, (from, to))) = self.key.target_dimension_id.zip(range) else {
            let ids: BTreeSet<_> = self.key.targets.iter().map(|target| AccountId::new(target.id)).collect();
            self.books.learn_accounts(uow, ids.clone()).await?;
            for id in ids {
                let Some(account) = self.books.accounts.get(&id) else { continue };
                let code = Code::parse(&account.code)?;
                for (account, _, amount) in
                    uow.distributions().held_in_period(self.period.id, (&code, &code)).await?
                {
                    add(account.uuid(), amount)?;
                }
            }
            return Ok(measured);
        };
        let held = uow.distributions().held_in_period(self.period.id, (&from, &to)).await?;
        for ((_, _, amount), value) in self.with_values(uow, held, dimension).await? {
            let Some(value) = value else { continue };
            let exact = self.key.targets.iter().find(|target| target.id == value.uuid());
            let above = || self.key.targets.iter().find(|target| self.tree.covers(target.id.into(), value));
            if let Some(target) = exact.or_else(above) {
                add(target.id, amount)?;
            }
        }
        Ok(measured)
    }

    async fn figures(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<BTreeMap<Uuid, Amount>> {
        let (Some(measure), Some(dimension)) = (&self.key.measure, self.key.target_dimension_id) else {
            return Ok(BTreeMap::new());
        };
        let figures = uow.distributions().figures(measure, dimension, self.period.end).await?;
        // Only their proportion counts, so the steps of one are as good as those of the other.
        let weight = |(value, quantity): (DimensionValueId, domain::money::Quantity)| {
            (value.uuid(), Amount::from_scaled(quantity.scaled()))
        };
        Ok(figures.into_iter().map(weight).collect())
    }

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
            id: JournalEntryId::new(uow.new_id()),
            journal_id: journal,
            kind: EntryKind::Standard,
            posting_date: self.period.end,
            document_date: None,
            currency: self.books.company.code,
            description: Some(names.join(" / ")),
            reference: Some(self.key.code.to_string()),
            control_reason: None,
            reverses: None,
            lines,
        };
        let id = entry.id;
        let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX)?;
        let draft = draft.of(EntrySource::new(EntrySourceKind::DistributionRun, run.uuid()));
        let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
        let made = post_or_submit(ctx, uow, self.books.clone(), (draft, meta)).await.map_err(of_the_whole)?;
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
        Ok(Done::of(id.uuid(), run.version, DistributionRunView { parts: Some(parts), ..view }))
    }
}

fn check_count(held: Vec<Held>) -> AppResult<Vec<Held>> {
    if held.len() > DISTRIBUTED_MAX {
        return Err(Violation::new(&DISTRIBUTION_TOO_LARGE).with("max", DISTRIBUTED_MAX).into());
    }
    Ok(held)
}

fn too_large() -> AppError {
    Violation::new(&domain::money::AMOUNT_OUT_OF_RANGE).into()
}
