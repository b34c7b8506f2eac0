//! `POST /budgets/{id}/copy`: lines from another budget, or from what was posted in a year, with a percentage.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::accounting::budget::{Budget, BudgetId};
use domain::accounting::fiscal_period::{FiscalPeriod, FiscalPeriodKind};
use domain::error::Violation;
use domain::ids::{FiscalPeriodId, FiscalYearId};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::text::Code;

use super::lines::{changeable, periods_of, save};
use super::ports::{Figure, LineKey};
use super::views::BudgetLinesSavedView;
use super::{UPDATE, no_year, year_named};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::{Records, id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::request;
use crate::unit_of_work::UnitOfWork;

domain::errors! {
    BUDGET_COPY_ONE = "budget_copy_one", Rule, User,
        "Give either a budget or a fiscal year to copy from.", "أدخل إما موازنة أو سنة مالية للنسخ منها.";
    BUDGET_PERCENT_NEGATIVE = "budget_percent_negative", Rule, User,
        "The percentage is not negative.", "لا تكون النسبة سالبة.";
    BUDGET_PERIODS_DIFFER = "budget_periods_differ", Rule, User,
        "The years have {from} and {to} periods, so that no period stands for another.",
        "للسنتين {from} و{to} فترات، فلا تقابل فترة أخرى.";
}

request! {
    /// Copies lines into a budget.
    pub struct CopyBudgetBody {
        /// Copies the lines of this budget, by its id.
        from_budget_id: Option<BudgetId>,
        /// Copies the lines of this budget, by its code.
        from_budget_code: Option<Code>,
        /// Copies what was posted to income and expense accounts in this fiscal year, by its id.
        fiscal_year_id: Option<FiscalYearId>,
        /// Copies what was posted in this fiscal year, by its code.
        fiscal_year_code: Option<Code> = "2025",
        /// The percentage of each amount that is taken; each result is rounded half-up.
        percent: Amount = "105",
        /// The first code of the accounts that are copied, as texts are compared; by default all.
        code_from: Option<Code>,
        /// The last code.
        code_to: Option<Code>,
    }
}

pub struct CopyBudget {
    pub budget: BudgetId,
    pub body: CopyBudgetBody,
}

enum From {
    Budget(Budget),
    Year(FiscalYearId),
}

#[async_trait]
impl Command for CopyBudget {
    const NAME: &'static str = "copy_budget";
    const ACCESS: Access = Access::Permission(UPDATE);
    type Output = BudgetLinesSavedView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<BudgetLinesSavedView>> {
        let budget = changeable(uow, self.budget).await?;
        let from = self.from(uow).await?;
        if self.body.percent.is_negative() {
            return Err(Violation::new(&BUDGET_PERCENT_NEGATIVE).at("/percent").into());
        }
        let books = Books::open(ctx, uow).await?;
        let (figures, year) = self.figures(uow, &from).await?;
        let target = periods_of(uow, &budget).await?;
        let mut source = uow.fiscal_years().fiscal_periods(year).await?;
        source.retain(|period| period.kind == FiscalPeriodKind::Regular);
        source.sort_by_key(|period| period.start);
        let moved = counterparts(&source, &target)?;
        let mut amounts: BTreeMap<LineKey, Amount> = BTreeMap::new();
        for figure in figures {
            let Some(period) = moved.get(&figure.period) else { continue };
            let amount = figure.amount.share(self.body.percent, hundred(), books.company.scale);
            let amount = amount.ok_or_else(|| AppError::from(Violation::new(&AMOUNT_OUT_OF_RANGE)))?;
            if !amount.is_zero() {
                amounts.insert((figure.account, figure.set, *period), amount);
            }
        }
        Ok(Done::new(save(uow, &budget, amounts).await?))
    }
}

impl CopyBudget {
    async fn from(&self, uow: &mut dyn UnitOfWork) -> AppResult<From> {
        let body = &self.body;
        let budget = by_id_or_code(body.from_budget_id, body.from_budget_code.clone());
        let year = by_id_or_code(body.fiscal_year_id, body.fiscal_year_code.clone());
        match (budget, year) {
            (Some(reference), None) => {
                let found = match id_named::<Budget>(uow, &reference).await? {
                    Some(id) => Records::<Budget>::find(uow, id).await?,
                    None => None,
                };
                let at =
                    if matches!(reference, Reference::Id(_)) { "/fromBudgetId" } else { "/fromBudgetCode" };
                Ok(From::Budget(found.ok_or_else(|| nothing_named::<Budget>(at, &reference))?.value))
            }
            (None, Some(reference)) => {
                let found = year_named(uow, &reference).await?;
                Ok(From::Year(found.ok_or_else(|| no_year(&reference))?))
            }
            _ => Err(Violation::new(&BUDGET_COPY_ONE).at("/fromBudgetId").into()),
        }
    }

    /// The amounts to copy, and the year whose periods they name.
    async fn figures(&self, uow: &mut dyn UnitOfWork, from: &From) -> AppResult<(Vec<Figure>, FiscalYearId)> {
        // Every code lies between the first and the last one that can be written.
        let first = Code::stored("!").ok_or_else(|| AppError::internal("no first code"))?;
        let last = Code::stored(&char::MAX.to_string()).ok_or_else(|| AppError::internal("no last code"))?;
        let codes =
            (self.body.code_from.as_ref().unwrap_or(&first), self.body.code_to.as_ref().unwrap_or(&last));
        Ok(match from {
            From::Budget(budget) => {
                let accounts = uow.budgets().accounts_with_lines(budget.id, codes).await?;
                (uow.budgets().lines_of(budget.id, &accounts).await?, budget.fiscal_year_id)
            }
            From::Year(year) => {
                let accounts = uow.budgets().accounts_with_amounts(*year, codes).await?;
                (uow.budgets().gathered(*year, &accounts).await?, *year)
            }
        })
    }
}

/// The period of the one year that stands for each period of the other: the one at the same place.
fn counterparts(
    source: &[FiscalPeriod],
    target: &[FiscalPeriod],
) -> AppResult<BTreeMap<FiscalPeriodId, FiscalPeriodId>> {
    if source.len() != target.len() {
        let differ = Violation::new(&BUDGET_PERIODS_DIFFER).at("/fiscalYearId");
        return Err(differ.with("from", source.len()).with("to", target.len()).into());
    }
    Ok(source.iter().zip(target).map(|(from, to)| (from.id, to.id)).collect())
}

fn hundred() -> Amount {
    Amount::from_scaled(1_000_000)
}
