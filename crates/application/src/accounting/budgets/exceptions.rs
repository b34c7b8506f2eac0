//! Exceptions from budgets: a user may exceed one for a while, for a reason.

use async_trait::async_trait;
use domain::accounting::budget::{
    BUDGET_EXCEPTION_EXPIRED, Budget, BudgetException, BudgetExceptionId, BudgetId,
};
use domain::error::Violation;
use domain::ids::UserId;
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::changes::unknown_reference;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData, id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::wire::{Optional, REQUIRED, RequiredText};
use crate::{request, resource, view};

type Reason = RequiredText<DESCRIPTION_LENGTH_MAX>;

request! {
    /// Lets a user exceed a budget from now until it expires.
    pub struct NewBudgetException as CreateBudgetExceptionBody {
        /// The budget, by its id.
        budget_id: Option<BudgetId>,
        /// The budget, by its code.
        budget_code: Option<Code> = "2026",
        /// The user who may exceed it.
        user_id: UserId = "01938b0e-5a00-7000-8000-000000000001",
        /// The moment at which the exception ends.
        expires_at: Timestamp = "2099-12-31T21:00:00Z",
        /// The reason.
        reason: Reason = "Storm damage, approved by the board",
    }

    /// Changes to an exception (JSON Merge Patch). Members that are left out stay as they are.
    pub struct BudgetExceptionChange as UpdateBudgetExceptionBody {
        /// The moment at which the exception ends.
        expires_at: Optional<Timestamp>,
        /// The reason.
        reason: Optional<Reason>,
    }
}

view! {
    /// A user who may exceed a budget.
    pub struct BudgetExceptionView of BudgetException {
        id: Uuid,
        budget_id: Uuid,
        user_id: Uuid,
        #[schema(format = "date-time")]
        expires_at: String = |exception| exception.expires_at.to_string(),
        reason: String,
    }
}

resource! {
    BudgetException by id: BudgetExceptionId
        = "accounting", "budget_exception", "budget_exceptions" at "/budget-exceptions", "/budget-exceptions/{id}";
    en: "a", "budget exception", "budget exceptions"; ar: "استثناءات الموازنات";
    about: "Users who may exceed a budget until a moment, with the reason. What they exceed is posted with a warning.";
    bodies: NewBudgetException, BudgetExceptionChange => BudgetExceptionView;
    remembered by posting;
    list: id sortable, budget_id, user_id; order: id;
    refuses:
        create [&UNKNOWN_REFERENCE, &BUDGET_EXCEPTION_EXPIRED],
        change [&BUDGET_EXCEPTION_EXPIRED],
        delete [];
    delete says "The exception ends at once.";
}

#[async_trait]
impl MasterData for BudgetException {
    async fn create(
        new: &NewBudgetException,
        id: BudgetExceptionId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        check_end(new.expires_at, check);
        if check.uow.users().member(new.user_id).await?.filter(|member| member.active).is_none() {
            check.refuse(unknown_reference("/userId", "user", new.user_id));
        }
        let Some(reference) = by_id_or_code(new.budget_id, new.budget_code.clone()) else {
            check.refuse(Violation::new(&REQUIRED).at("/budgetId"));
            return Ok(None);
        };
        let Some(budget_id) = id_named::<Budget>(check.uow, &reference).await? else {
            let at = if matches!(reference, Reference::Id(_)) { "/budgetId" } else { "/budgetCode" };
            check.refuse(nothing_named::<Budget>(at, &reference));
            return Ok(None);
        };
        let (user_id, expires_at, reason) = (new.user_id, new.expires_at, new.reason.to_string());
        Ok(Some(Self { id, budget_id, user_id, expires_at, reason, version: 1 }))
    }

    async fn change(&self, change: &BudgetExceptionChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let expires_at = change.expires_at.or(&self.expires_at);
        if change.expires_at.0.is_some() {
            check_end(expires_at, check);
        }
        let reason =
            change.reason.0.as_ref().map_or_else(|| self.reason.clone(), |reason| reason.to_string());
        Ok(Some(Self { expires_at, reason, ..self.clone() }))
    }
}

fn check_end(expires_at: Timestamp, check: &mut Check<'_>) {
    if expires_at <= check.uow.now() {
        check.refuse(Violation::new(&BUDGET_EXCEPTION_EXPIRED).at("/expiresAt"));
    }
}
