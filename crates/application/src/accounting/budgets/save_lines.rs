//! `POST /budgets/{id}/lines/bulk`: many lines at once; those already there are replaced.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::budget::BudgetId;
use domain::error::Violation;
use domain::ids::AccountId;
use domain::money::Amount;
use domain::text::Code;

use super::UPDATE;
use super::lines::{BudgetLineInput, changeable, resolve, save};
use super::views::BudgetLinesSavedView;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::reference::by_id_or_code;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{DimensionCodes, List};

/// Most lines in one request.
pub const BUDGET_LINES_MAX: usize = 10_000;

request! {
    /// Several lines of a budget at once.
    pub struct SaveBudgetLinesBody {
        /// The lines. A line that is there for the same account, dimensions and period is replaced; of equal ones in a request the
        /// last counts.
        items: List<BudgetLineBody, BUDGET_LINES_MAX, 1>,
    }

    /// The amount of an account, dimensions and a period.
    pub struct BudgetLineBody {
        /// The account, by its id; give either the id or the code.
        account_id: Option<AccountId>,
        /// The account, by its code.
        account_code: Option<Code> = "6210",
        /// The values of dimensions: dimension code to value code.
        dimensions: Option<DimensionCodes>,
        /// Any day of the fiscal period.
        date: NaiveDate = "2026-03-31",
        /// The amount in the company currency; positive is a debit of expenses and assets, and a credit of other accounts. Zero
        /// removes the line.
        amount: Amount = "5000.00",
    }
}

pub struct SaveBudgetLines {
    pub budget: BudgetId,
    pub body: SaveBudgetLinesBody,
}

#[async_trait]
impl Command for SaveBudgetLines {
    const NAME: &'static str = "save_budget_lines";
    const ACCESS: Access = Access::Permission(UPDATE);
    type Output = BudgetLinesSavedView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<BudgetLinesSavedView>> {
        let budget = changeable(uow, self.budget).await?;
        let mut books = Books::open(ctx, uow).await?;
        let inputs: Vec<_> = self.body.items.0.iter().map(input).collect();
        let keyed = resolve(uow, &mut books, &budget, &inputs).await?.map_err(|refused| {
            let at = |violation: Violation| {
                let pointer = format!("/items{}", violation.pointer);
                violation.at(pointer)
            };
            refused.into_iter().map(at).collect::<Vec<_>>()
        })?;
        let amounts: BTreeMap<_, _> = keyed.into_iter().collect();
        Ok(Done::new(save(uow, &budget, amounts).await?))
    }
}

fn input(line: &BudgetLineBody) -> BudgetLineInput {
    BudgetLineInput {
        account: by_id_or_code(line.account_id, line.account_code.clone()),
        dimensions: line.dimensions.clone().unwrap_or_default().0,
        date: line.date,
        amount: line.amount,
    }
}
