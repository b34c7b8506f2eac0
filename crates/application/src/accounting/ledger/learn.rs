//! Reads of the books: only what was not read before, for as many entries at once as the caller has.

use std::collections::{BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};
use domain::accounting::dimension::{DimensionRule, DimensionRuleKind};
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::journal_entry::{EntryKind, NewEntry, NewLine};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::ids::{AccountId, DimensionSetId, DimensionValueId, JournalId};
use domain::money::{CurrencyCode, Rate};

use crate::accounting::ports::books::Books;
use crate::accounting::ports::ledger::{AccountKeys, AccountName, Days, JournalFacts, JournalKey};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Dimension sets whose values are kept; beyond it they are asked for again.
const SETS_MAX: usize = 20_000;

impl Books {
    pub async fn open(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Self> {
        Ok(uow.ledger().books(ctx.actor.user_id()).await?)
    }

    /// Reads everything that the entries name, periods and rates of their days among it.
    pub async fn learn(&mut self, uow: &mut dyn UnitOfWork, entries: &[&NewEntry]) -> AppResult<()> {
        let lines = || entries.iter().flat_map(|entry| &entry.lines);
        let own = [LedgerAccountRole::Rounding, LedgerAccountRole::InterBranch];
        let own = own.into_iter().filter_map(|role| self.settings.account(role));
        let named = lines().map(|line| line.account).chain(own);
        let accounts = named.filter(|id| !self.accounts.contains_key(id)).collect();
        let values = lines().flat_map(|line| line.dimensions.pairs()).map(|(_, value)| *value);
        let values = values.filter(|value| !self.placed_values.contains(value)).collect();
        let named =
            entries.iter().map(|entry| entry.currency).chain(lines().filter_map(|line| line.currency));
        let codes = named.filter(|code| *code != self.company.code).collect();
        self.learn_accounts(uow, accounts).await?;
        self.learn_currencies(uow, &codes).await?;
        if let Some(days) = Days::of(entries.iter().map(|entry| entry.posting_date)) {
            self.learn_rates(uow, &codes, days).await?;
        }
        for closing in [false, true] {
            let of_kind = entries.iter().filter(|entry| (entry.kind == EntryKind::Closing) == closing);
            if let Some(days) = Days::of(of_kind.map(|entry| entry.posting_date)) {
                self.learn_periods(uow, period_kind(closing), days).await?;
            }
        }
        for journal in entries.iter().map(|entry| entry.journal_id).collect::<BTreeSet<_>>() {
            self.journal(uow, journal).await?;
        }
        self.place_values(uow, values).await?;
        self.learn_branches(uow, entries).await?;
        self.learn_dimensions_of_sets(uow, entries).await
    }

    /// The values of lines that name them by their set alone, as reversals do, where an approval policy asks for them.
    async fn learn_dimensions_of_sets(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: &[&NewEntry],
    ) -> AppResult<()> {
        if !self.approval_policies.iter().any(|policy| policy.dimension.is_some()) {
            return Ok(());
        }
        let lines = entries.iter().flat_map(|entry| &entry.lines);
        let by_set = lines.filter(|line| line.dimensions.pairs().is_empty()).map(|line| line.dimension_set);
        let sets: BTreeSet<_> = by_set.filter(|set| !set.is_empty()).collect();
        self.learn_sets(uow, sets.clone()).await?;
        let pairs = sets.iter().filter_map(|set| self.sets.get(set)).flat_map(|set| set.pairs());
        let values = pairs.map(|(_, value)| *value).filter(|value| !self.placed_values.contains(value));
        let values = values.collect();
        self.place_values(uow, values).await
    }

    pub async fn learn_accounts(
        &mut self,
        uow: &mut dyn UnitOfWork,
        mut ids: BTreeSet<AccountId>,
    ) -> AppResult<()> {
        ids.retain(|id| !self.accounts.contains_key(id));
        self.read_accounts(uow, AccountKeys::Ids(&ids), ids.is_empty()).await.map(drop)
    }

    /// The accounts with these codes; unknown codes are absent.
    pub async fn accounts_by_code(
        &mut self,
        uow: &mut dyn UnitOfWork,
        codes: &BTreeSet<String>,
    ) -> AppResult<HashMap<String, AccountId>> {
        self.read_accounts(uow, AccountKeys::Codes(codes), codes.is_empty()).await
    }

    async fn read_accounts(
        &mut self,
        uow: &mut dyn UnitOfWork,
        keys: AccountKeys<'_>,
        none: bool,
    ) -> AppResult<HashMap<String, AccountId>> {
        let mut found = HashMap::new();
        if none {
            return Ok(found);
        }
        for (facts, name) in uow.ledger().accounts(keys).await? {
            found.insert(facts.code.clone(), facts.id);
            self.account_names.insert(facts.id, AccountName { code: facts.code.clone(), name });
            self.accounts.insert(facts.id, facts);
        }
        Ok(found)
    }

    /// `None` when there is no such journal.
    pub async fn journal(
        &mut self,
        uow: &mut dyn UnitOfWork,
        id: JournalId,
    ) -> AppResult<Option<&JournalFacts>> {
        if !self.journals.contains_key(&id)
            && let Some(facts) = uow.ledger().journal(JournalKey::Id(id)).await?
        {
            self.journals.insert(id, facts);
        }
        Ok(self.journals.get(&id))
    }

    pub async fn journal_by_code(
        &mut self,
        uow: &mut dyn UnitOfWork,
        code: &str,
    ) -> AppResult<Option<JournalId>> {
        let Some(facts) = uow.ledger().journal(JournalKey::Code(code)).await? else { return Ok(None) };
        let id = facts.journal.id;
        self.journals.insert(id, facts);
        Ok(Some(id))
    }

    pub async fn learn_currencies(
        &mut self,
        uow: &mut dyn UnitOfWork,
        codes: &BTreeSet<CurrencyCode>,
    ) -> AppResult<()> {
        let missing = codes.iter().copied().filter(|code| !self.currencies.contains_key(code));
        let missing: BTreeSet<_> = missing.collect();
        if missing.is_empty() {
            return Ok(());
        }
        for (currency, active) in uow.ledger().currencies(&missing).await? {
            self.currencies.insert(currency.code, currency);
            if !active {
                self.inactive_currencies.insert(currency.code);
            }
        }
        Ok(())
    }

    /// The rates of the lines' currencies on a day.
    pub async fn learn_rates_of(
        &mut self,
        uow: &mut dyn UnitOfWork,
        lines: &[NewLine],
        date: NaiveDate,
    ) -> AppResult<HashMap<CurrencyCode, Rate>> {
        let named = lines.iter().filter_map(|line| line.currency);
        let codes = named.filter(|code| *code != self.company.code).collect();
        self.rates_of(uow, &codes, date).await
    }

    /// The rates of currencies on a day, as far as there are any.
    pub async fn rates_of(
        &mut self,
        uow: &mut dyn UnitOfWork,
        codes: &BTreeSet<CurrencyCode>,
        date: NaiveDate,
    ) -> AppResult<HashMap<CurrencyCode, Rate>> {
        self.learn_rates(uow, codes, Days { first: date, last: date }).await?;
        Ok(self.rates_on(date))
    }

    async fn learn_rates(
        &mut self,
        uow: &mut dyn UnitOfWork,
        codes: &BTreeSet<CurrencyCode>,
        days: Days,
    ) -> AppResult<()> {
        for code in codes {
            if self.rates.get(code).is_none_or(|(known, _)| !known.cover(days)) {
                let rates = uow.ledger().rates(*code, days).await?;
                self.rates.insert(*code, (days, rates));
            }
        }
        Ok(())
    }

    /// Reads the ordinary period of a day.
    pub async fn learn_date(&mut self, uow: &mut dyn UnitOfWork, date: NaiveDate) -> AppResult<()> {
        self.learn_periods(uow, FiscalPeriodKind::Regular, Days { first: date, last: date }).await
    }

    async fn learn_periods(
        &mut self,
        uow: &mut dyn UnitOfWork,
        kind: FiscalPeriodKind,
        days: Days,
    ) -> AppResult<()> {
        if self.periods.get(&kind).is_some_and(|(known, _)| known.cover(days)) {
            return Ok(());
        }
        // By the month, so that the answer can be remembered for every day of it.
        let days = whole_months(days);
        let periods = uow.ledger().periods(kind, days).await?;
        self.periods.insert(kind, (days, periods));
        Ok(())
    }

    async fn place_values(
        &mut self,
        uow: &mut dyn UnitOfWork,
        values: BTreeSet<DimensionValueId>,
    ) -> AppResult<()> {
        if values.is_empty() {
            return Ok(());
        }
        let upwards = self.dimension_rules.iter().any(names_values)
            || self.approval_policies.iter().any(|policy| policy.dimension.is_some());
        uow.ledger().add_to_tree(&mut self.dimension_tree, &values, upwards).await?;
        self.placed_values.extend(values);
        Ok(())
    }

    /// The values of dimension sets.
    pub async fn learn_sets(
        &mut self,
        uow: &mut dyn UnitOfWork,
        mut sets: BTreeSet<DimensionSetId>,
    ) -> AppResult<()> {
        if self.sets.len() > SETS_MAX {
            self.sets.clear();
            self.set_codes.clear();
        }
        sets.retain(|set| !set.is_empty() && !self.sets.contains_key(set));
        if sets.is_empty() {
            return Ok(());
        }
        for (set, found) in uow.ledger().dimension_sets(&sets).await? {
            self.sets.insert(set, found.combination);
            self.set_codes.insert(set, found.codes);
        }
        Ok(())
    }
}

pub(super) fn period_kind(closing: bool) -> FiscalPeriodKind {
    if closing { FiscalPeriodKind::Closing } else { FiscalPeriodKind::Regular }
}

fn whole_months(days: Days) -> Days {
    let day = |date: NaiveDate, day: u32| date.with_day(day).unwrap_or(date);
    Days { first: day(days.first, 1), last: day(days.last, u32::from(days.last.num_days_in_month())) }
}

/// Whether the rule is about certain values of a dimension.
fn names_values(rule: &DimensionRule) -> bool {
    matches!(rule.kind, DimensionRuleKind::Fixed { .. }) || !rule.kind.values().is_empty()
}
