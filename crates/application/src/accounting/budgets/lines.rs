//! Lines of a budget as a caller writes them, and what a change of them does.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::accounting::account::{AccountFacts, AccountType};
use domain::accounting::budget::{BUDGET_LOCKED, Budget, BudgetId, BudgetStatus};
use domain::accounting::fiscal_period::{FiscalPeriod, FiscalPeriodKind};
use domain::accounting::journal_entry::{FISCAL_PERIOD_MISSING, LineDetails};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, FiscalPeriodId};
use domain::money::Amount;

use super::ports::LineKey;
use super::views::BudgetLinesSavedView;
use crate::accounting::entry_input::{LineInput, resolve_known_lines};
use crate::accounting::ports::books::Books;
use crate::error::{AppError, AppResult};
use crate::master_data::Records;
use crate::ports::change::Change;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// A line as a caller writes it.
#[derive(Debug, Clone)]
pub struct BudgetLineInput {
    pub account: Option<Reference<AccountId>>,
    pub dimensions: BTreeMap<String, String>,
    /// Any day of the period.
    pub date: NaiveDate,
    /// Positive is a debit of expenses and assets, and a credit of other accounts.
    pub amount: Amount,
}

/// The budget, if its lines may change.
pub async fn changeable(uow: &mut dyn UnitOfWork, id: BudgetId) -> AppResult<Budget> {
    let found = Records::<Budget>::find(uow, id).await?;
    let budget = found.ok_or_else(|| AppError::not_found("budget"))?.value;
    if budget.status == BudgetStatus::Locked {
        return Err(Violation::new(&BUDGET_LOCKED).with("code", &budget.code).into());
    }
    Ok(budget)
}

/// The ordinary periods of the year of a budget.
pub async fn periods_of(uow: &mut dyn UnitOfWork, budget: &Budget) -> AppResult<Vec<FiscalPeriod>> {
    let mut periods = uow.fiscal_years().fiscal_periods(budget.fiscal_year_id).await?;
    periods.retain(|period| period.kind == FiscalPeriodKind::Regular);
    periods.sort_by_key(|period| period.start);
    Ok(periods)
}

/// The sign that makes an amount of an account a debit.
pub fn debit_of(amount: Amount, account_type: AccountType) -> Amount {
    match account_type {
        AccountType::Expense | AccountType::Asset => amount,
        _ => amount.checked_neg().unwrap_or(amount),
    }
}

/// Looks up what the lines name. Violations point into the line with the index: `/0/accountCode`.
pub async fn resolve(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    budget: &Budget,
    lines: &[BudgetLineInput],
) -> AppResult<Result<Vec<(LineKey, Amount)>, Vec<Violation>>> {
    let mut found = Violations::new();
    let inputs: Vec<LineInput> = lines.iter().map(line_input).collect();
    let resolved = resolve_known_lines(uow, books, &inputs, &mut found).await?;
    let mut violations: Vec<_> = found.into_vec().into_iter().map(placed).collect();
    let periods = periods_of(uow, budget).await?;
    let mut keyed = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let period = period_of(&periods, line.date);
        if period.is_none() {
            let missing = Violation::new(&FISCAL_PERIOD_MISSING).at(format!("/{index}/date"));
            violations.push(missing.with("date", line.date));
        }
        if let Err(refused) = line.amount.check_in(books.company) {
            violations.push(refused.at(format!("/{index}/amount")));
        }
        // Where a line was refused, the rest of them no longer stand at their places.
        if let Some((period, resolved)) = period.zip(resolved.get(index)).filter(|_| violations.is_empty()) {
            let account_type = books.accounts.get(&resolved.account).map(type_of);
            let amount = debit_of(line.amount, account_type.unwrap_or(AccountType::Expense));
            keyed.push(((resolved.account, resolved.dimension_set, period), amount));
        }
    }
    Ok(if violations.is_empty() { Ok(keyed) } else { Err(violations) })
}

fn type_of(account: &AccountFacts) -> AccountType {
    account.account_type
}

fn period_of(periods: &[FiscalPeriod], date: NaiveDate) -> Option<FiscalPeriodId> {
    periods.iter().find(|period| period.start <= date && date <= period.end).map(|period| period.id)
}

fn line_input(line: &BudgetLineInput) -> LineInput {
    LineInput {
        account: line.account.clone(),
        // Any amount: that of the line is checked by itself, and may be zero or negative.
        debit: Some(Amount::from_scaled(1)),
        credit: None,
        currency: None,
        rate: None,
        company_amount: None,
        dimensions: line.dimensions.clone(),
        details: LineDetails::NONE,
    }
}

fn placed(violation: Violation) -> Violation {
    let pointer = violation.pointer.trim_start_matches("/lines").to_owned();
    violation.at(pointer)
}

/// Saves amounts over those that are there; an amount of zero removes its line.
pub async fn save(
    uow: &mut dyn UnitOfWork,
    budget: &Budget,
    amounts: BTreeMap<LineKey, Amount>,
) -> AppResult<BudgetLinesSavedView> {
    let accounts: BTreeSet<AccountId> = amounts.keys().map(|(account, ..)| *account).collect();
    let kept = uow.budgets().lines_of(budget.id, &accounts).await?;
    let mut lines: BTreeMap<LineKey, Amount> =
        kept.into_iter().map(|line| ((line.account, line.set, line.period), line.amount)).collect();
    let mut saved = BudgetLinesSavedView { created: 0, updated: 0, removed: 0, unchanged: 0 };
    for (key, amount) in amounts {
        let before = if amount.is_zero() { lines.remove(&key) } else { lines.insert(key, amount) };
        match before {
            None if amount.is_zero() => saved.unchanged += 1,
            None => saved.created += 1,
            Some(_) if amount.is_zero() => saved.removed += 1,
            Some(before) if before == amount => saved.unchanged += 1,
            Some(_) => saved.updated += 1,
        }
    }
    if saved.created + saved.updated + saved.removed > 0 {
        uow.budgets().replace_lines(budget.id, &accounts, &lines).await?;
        let tenant = uow.tenant();
        uow.record(Change {
            tenant,
            entity: "budget",
            entity_id: budget.id.uuid(),
            action: "lines_saved",
            before: None,
            after: serde_json::to_value(&saved).ok(),
        });
    }
    Ok(saved)
}
