//! Whether entries take more than budgets have left (R160), inside the transaction that posts them.
//!
//! Tenants without controlling budgets ask nothing: the budgets are among the facts that postings remember. Others hold the
//! accounts concerned, so that two postings at once do not both take what is left, and read balances and lines of these alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::accounting::budget::{BUDGET_EXCEEDED, BudgetControl, BudgetMode, BudgetSpan};
use domain::accounting::journal_entry::EntryKind;
use domain::error::Violation;
use domain::ids::{AccountId, DimensionId, DimensionSetId, DimensionValueId, JournalEntryId};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};

use super::{Checked, Ledger};
use crate::accounting::budgets::ports::Figure;
use crate::accounting::ports::books::Books;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;
use crate::warnings::BUDGET_PASSED;

/// What is compared: a budget, its control, an account, the value of the control's dimension, and the day through which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Compared {
    budget: usize,
    control: usize,
    account: AccountId,
    value: Option<DimensionValueId>,
    /// The first day of the posting's period.
    period_start: NaiveDate,
}

/// What entries take in all, and how much has been taken after each line that takes some.
struct Taken {
    amount: Amount,
    steps: Vec<(JournalEntryId, usize, Amount)>,
}

impl Taken {
    /// The entry and its line with which more is taken than is left.
    fn beyond(&self, left: Amount) -> Option<(JournalEntryId, usize)> {
        let step = self.steps.iter().find(|(.., taken)| *taken > left);
        step.map(|(entry, line, _)| (*entry, *line))
    }
}

type AllTaken = BTreeMap<Compared, Taken>;

impl Ledger<'_> {
    /// Refuses entries that take more than is left, or notes a warning. The violations name the `entry` that goes over. The sets of the entries MUST be known.
    pub async fn compare_with_budgets(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: &[Checked],
    ) -> AppResult<()> {
        if self.books.budgets.is_empty() {
            return Ok(());
        }
        let mut taken = self.books.taken(entries)?;
        taken.retain(|_, taken| taken.amount.is_positive());
        if taken.is_empty() {
            return Ok(());
        }
        let budget_of = |compared: &Compared| self.books.budgets[compared.budget].id;
        let held = taken.keys().map(|compared| (budget_of(compared), compared.account)).collect();
        uow.budgets().hold(&held).await?;
        let mut exceeded = Vec::new();
        let budgets: BTreeSet<usize> = taken.keys().map(|compared| compared.budget).collect();
        for index in budgets {
            let of_budget: Vec<_> = taken.iter().filter(|(compared, _)| compared.budget == index).collect();
            self.compare(uow, index, &of_budget, &mut exceeded).await?;
        }
        if exceeded.is_empty() { Ok(()) } else { Err(exceeded.into()) }
    }

    async fn compare(
        &mut self,
        uow: &mut dyn UnitOfWork,
        index: usize,
        taken: &[(&Compared, &Taken)],
        exceeded: &mut Vec<Violation>,
    ) -> AppResult<()> {
        let (id, year) = (self.books.budgets[index].id, self.books.budgets[index].fiscal_year);
        let accounts: BTreeSet<AccountId> = taken.iter().map(|(compared, _)| compared.account).collect();
        let lines = uow.budgets().lines_of(id, &accounts).await?;
        let gathered = uow.budgets().gathered(year, &accounts).await?;
        let sets = lines.iter().chain(&gathered).map(|figure| figure.set).collect();
        self.books.learn_sets(uow, sets).await?;
        let budget = &self.books.budgets[index];
        let may_exceed = budget.may_exceed(self.books.user, uow.now());
        for (compared, taken) in taken {
            let control = &budget.controls[compared.control];
            let sum = |figures: &[Figure]| {
                let of = figures.iter().filter(|figure| self.books.belongs(figure, compared, control));
                Amount::sum(of.map(|figure| figure.amount)).ok_or_else(too_large)
            };
            let left = sum(&lines)?.checked_sub(sum(&gathered)?).ok_or_else(too_large)?;
            if taken.amount <= left {
                continue;
            }
            let refused = control.mode == BudgetMode::Refuse && !may_exceed;
            let def = if refused { &BUDGET_EXCEEDED } else { &BUDGET_PASSED };
            let scale = self.books.company.scale;
            let account = self.books.account_names.get(&compared.account).map(|name| name.code.clone());
            let Some((entry, line)) = taken.beyond(left) else { continue };
            let violation = Violation::new(def)
                .at(format!("/lines/{line}"))
                .with("entry", entry)
                .with("amount", taken.amount.display(scale))
                .with("account", account.unwrap_or_default())
                .with("budget", &budget.code)
                .with("left", left.display(scale));
            if refused {
                exceeded.push(violation);
            } else {
                uow.warnings().push(violation);
            }
        }
        Ok(())
    }
}

impl Books {
    /// What entries take from the accounts that a budget controls. Opening and closing entries spend nothing.
    fn taken(&self, entries: &[Checked]) -> AppResult<AllTaken> {
        let mut all = AllTaken::new();
        for Checked { entry, .. } in entries {
            if matches!(entry.kind(), EntryKind::Opening | EntryKind::Closing) || entry.is_opening() {
                continue;
            }
            let date = entry.posting_date();
            let period = self.period(super::learn::period_kind(false), date);
            let Some(period_start) = period.map(|found| found.period.start) else { continue };
            let covering = self.budgets.iter().enumerate().filter(|(_, budget)| budget.covers(date));
            for (budget, controlling) in covering {
                for (index, line) in entry.lines().iter().enumerate() {
                    let Some(account) = self.accounts.get(&line.account) else { continue };
                    let Some((control, decides)) =
                        controlling.control_of(&account.code, account.account_type)
                    else {
                        continue;
                    };
                    let value = decides.dimension.and_then(|of| self.value_of(line.dimension_set, of));
                    let compared = Compared { budget, control, account: line.account, value, period_start };
                    let net = line.debit.checked_sub(line.credit).ok_or_else(too_large)?;
                    let taken =
                        all.entry(compared).or_insert(Taken { amount: Amount::ZERO, steps: Vec::new() });
                    taken.amount = taken.amount.checked_add(net).ok_or_else(too_large)?;
                    taken.steps.push((entry.id(), index, taken.amount));
                }
            }
        }
        Ok(all)
    }

    fn value_of(&self, set: DimensionSetId, dimension: DimensionId) -> Option<DimensionValueId> {
        let pairs = self.sets.get(&set)?.pairs();
        pairs.iter().find(|(of, _)| *of == dimension).map(|(_, value)| *value)
    }

    /// Whether a figure counts for what is compared.
    fn belongs(&self, figure: &Figure, compared: &Compared, control: &BudgetControl) -> bool {
        let in_time = match control.span {
            BudgetSpan::Period => figure.period_start == compared.period_start,
            BudgetSpan::YearToDate => figure.period_start <= compared.period_start,
        };
        let of_value = || control.dimension.is_none_or(|of| self.value_of(figure.set, of) == compared.value);
        figure.account == compared.account && in_time && of_value()
    }
}

fn too_large() -> AppError {
    Violation::new(&AMOUNT_OUT_OF_RANGE).into()
}
